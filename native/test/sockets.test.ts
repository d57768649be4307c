import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireTool } from '../../test/support/tools';
import { file, native, open, scratch } from './support';

/** The descriptor of a Node socket, which has no public name. */
function descriptorOf(socket: Socket): number {
  return (socket as unknown as { _handle: { fd: number } })._handle.fd;
}

/** Two connected sockets that nobody reads from. */
async function socketPair(): Promise<[Socket, Socket]> {
  const path = join(scratch(), 'socket');
  const server = createServer({ pauseOnConnect: true }).listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const near = connect(path);
  near.pause();
  const [far] = await accepted;
  onTestFinished(() => {
    near.destroy();
    far.destroy();
  });
  return [near, far];
}

/** A Python program at the other end of a socket, which it gets as descriptor 3. */
async function python(program: string, ...arguments_: string[]): Promise<{ child: ChildProcess; socketFd: number }> {
  requireTool('python3');
  const [near, far] = await socketPair();
  const child = spawn('python3', ['-c', program, ...arguments_], { stdio: ['ignore', 'pipe', 'inherit', far] });
  // The end is the program's alone from now on.
  far.destroy();
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await exited;
  });
  return { child, socketFd: descriptorOf(near) };
}

const PYTHON_HEAD = `
import array, os, socket, struct, sys
peer = socket.socket(fileno=3)
peer.setblocking(True)
`;

describe('peerCredentials', () => {
  it('tells who is at the other end', async () => {
    const [near] = await socketPair();
    expect(native.peerCredentials(descriptorOf(near))).toEqual({
      pid: process.pid,
      uid: process.getuid!(),
      gid: process.getgid!(),
    });
  });

  it('refuses what is no socket', () => {
    expect(() => native.peerCredentials(open(file(1)))).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
  });
});

describe('descriptors', () => {
  it('go from one end to the other with their payloads', async () => {
    const [near, far] = await socketPair();
    const paths = [file(Buffer.from('first')), file(Buffer.from('second'))];
    const payloads = [Buffer.from('small'), Buffer.alloc(65536, 7)];
    for (const [index, path] of paths.entries()) {
      const received = native.receiveDescriptor(descriptorOf(far));
      await native.sendDescriptor(descriptorOf(near), open(path), payloads[index]!);
      const { fd, payload } = await received;
      expect(payload.equals(payloads[index]!)).toBe(true);
      expect(readlinkSync(`/proc/self/fd/${fd}`)).toBe(path);
      expect(parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!, 8) & 0o2000000).not.toBe(0);
      closeSync(fd!);
    }
  });

  it('reach another program', async () => {
    const { child, socketFd } = await python(`${PYTHON_HEAD}
data, fds, flags, address = socket.recv_fds(peer, 1000, 4)
length, = struct.unpack('<I', data[:4])
print(length, data[4:].decode(), len(fds), os.pread(fds[0], 100, 0).decode(), flush=True)`);
    await native.sendDescriptor(socketFd, open(file(Buffer.from('content'))), Buffer.from('hello'));
    expect(await text(child.stdout!)).toBe('5 hello 1 content\n');
  });

  it('are refused when there is more than one, and closed', async () => {
    const path = file(1);
    const { socketFd } = await python(
      `${PYTHON_HEAD}
fds = [os.open(sys.argv[1], os.O_RDONLY) for _ in range(3)]
socket.send_fds(peer, [struct.pack('<I', 1) + b'x'], fds)
peer.recv(1)`,
      path,
    );
    await expect(native.receiveDescriptor(socketFd)).rejects.toMatchObject({ code: 'EBADMSG' });
    const own = readdirSync('/proc/self/fd').filter((fd) => linkOf(fd) === path);
    expect(own).toEqual([]);
  });

  it('may be missing', async () => {
    const { socketFd } = await python(`${PYTHON_HEAD}
peer.sendall(struct.pack('<I', 2) + b'ab')
peer.recv(1)`);
    expect(await native.receiveDescriptor(socketFd)).toEqual({ fd: null, payload: Buffer.from('ab') });
  });

  it('do not come from an end that is closed, or that sends lengths without sense', async () => {
    const closed = await python(`${PYTHON_HEAD}peer.sendall(b'ab')`);
    await expect(native.receiveDescriptor(closed.socketFd)).rejects.toMatchObject({ code: 'EPIPE' });
    const senseless = await python(`${PYTHON_HEAD}peer.sendall(b'\\xff' * 4); peer.recv(1)`);
    await expect(native.receiveDescriptor(senseless.socketFd)).rejects.toMatchObject({ code: 'EBADMSG' });
  });
});

/** Where a descriptor of this process leads; the one that lists them is gone by now. */
function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

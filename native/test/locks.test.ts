import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireTool } from '../../test/support/tools';
import { file, loopDevice, MiB, native, open, scratch } from './support';

/** Runs a program that prints a line once it holds its lock, and ends it after the test. */
async function holder(command: string, ...arguments_: string[]): Promise<void> {
  requireTool(command);
  const child = spawn(command, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.stdin.end();
    child.kill();
    await exited;
  });
  await once(createInterface(child.stdout), 'line');
}

const PYTHON_LOCK = `
import fcntl, sys
file = open(sys.argv[1], 'r+b')
fcntl.lockf(file, getattr(fcntl, sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
print('locked', flush=True)
sys.stdin.read()
`;

describe('file locks', () => {
  it('keep out other openings', () => {
    const path = file(MiB);
    const first = open(path, 'write');
    const second = open(path, 'write');
    expect(native.lockFile(first, 'read')).toBe(true);
    expect(native.lockFile(second, 'read')).toBe(true);
    expect(native.lockFile(second, 'write')).toBe(false);
    expect(native.probeFileLock(second)).toEqual({ type: 'read', start: 0, length: 0 });
  });

  it('of other programs are seen with their place', async () => {
    const path = file(MiB);
    await holder('python3', '-c', PYTHON_LOCK, path, 'LOCK_EX', '10', '1000');
    const fd = open(path, 'write');
    expect(native.probeFileLock(fd)).toEqual({ type: 'write', start: 1000, length: 10 });
    expect(native.probeFileLock(open(path, 'read'))).toEqual({ type: 'write', start: 1000, length: 10 });
    expect(native.lockFile(fd, 'read')).toBe(false);
  });

  it('are looked for by type and range', async () => {
    const path = file(MiB);
    await holder('python3', '-c', PYTHON_LOCK, path, 'LOCK_SH', '10', '1000');
    const fd = open(path, 'read');
    expect(native.probeFileLock(fd, 'write', 1009, 1)).toEqual({ type: 'read', start: 1000, length: 10 });
    expect(native.probeFileLock(fd, 'write', 1010, 0)).toBeNull();
    expect(native.probeFileLock(fd, 'read', 0, 0)).toBeNull();
  });

  it('of qemu are seen', async () => {
    requireTool('qemu-nbd');
    const path = file(MiB);
    const socket = join(scratch(), 'socket');
    const child = spawn('qemu-nbd', ['--format=raw', '--persistent', '--socket', socket, path], { stdio: 'ignore' });
    const exited = once(child, 'exit');
    onTestFinished(async () => {
      child.kill();
      await exited;
    });
    const fd = open(path, 'read');
    await expect.poll(() => native.probeFileLock(fd)?.start ?? 0, { timeout: 20_000, interval: 10 }).toBeGreaterThanOrEqual(100);
  });

  it('for writing need a descriptor for writing', () => {
    expect(() => native.lockFile(open(file(MiB)), 'write')).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('are not there on a file that nobody holds', () => {
    expect(native.probeFileLock(open(file(MiB)))).toBeNull();
  });
});

describe('device locks', () => {
  it('are those of flock', async () => {
    const node = loopDevice(file(MiB));
    await holder('flock', node, 'sh', '-c', 'echo locked; cat');
    const fd = open(node);
    expect(native.lockDevice(fd, true)).toBe(false);
    expect(native.lockDevice(fd, false)).toBe(false);
  });

  it('are shared by readers', async () => {
    const node = loopDevice(file(MiB));
    await holder('flock', '--shared', node, 'sh', '-c', 'echo locked; cat');
    const fd = open(node);
    expect(native.lockDevice(fd, false)).toBe(false);
    expect(native.lockDevice(fd, true)).toBe(true);
  });
});

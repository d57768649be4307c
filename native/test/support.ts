/** Devices, files and mounts for the addon's tests; each is removed when its test ends. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import * as native from '@diskwright/native';
import { requireCondition, requireRoot, requireTool } from '../../test/support/tools';

export { native };

export const MiB = 1024 * 1024;

/** A folder of the test's own. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-native-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new file with this content; a number makes a hole of that size. Answers its path. */
export function file(content: Uint8Array | number, folder = scratch()): string {
  const path = join(folder, `file-${Math.random().toString(36).slice(2)}`);
  const fd = openSync(path, 'w');
  if (typeof content === 'number') ftruncateSync(fd, content);
  else for (let done = 0; done < content.length;) done += writeSync(fd, content, done);
  closeSync(fd);
  return path;
}

/** Opens with the addon and closes after the test. */
export function open(path: string, access: 'read' | 'write' = 'read', direct = false): number {
  const fd = native.open(path, { access, direct });
  onTestFinished(() => closeSync(fd));
  return fd;
}

/** The extent list blob of these extents, without any check. */
export function blob(...extents: [offset: number | bigint, length: number | bigint][]): Buffer {
  const bytes = Buffer.alloc(16 + 16 * extents.length);
  bytes.write('DWEXTS01', 'latin1');
  bytes.writeBigUInt64LE(BigInt(extents.length), 8);
  extents.forEach(([offset, length], index) => {
    bytes.writeBigUInt64LE(BigInt(offset), 16 + 16 * index);
    bytes.writeBigUInt64LE(BigInt(length), 24 + 16 * index);
  });
  return bytes;
}

/** Bytes without a pattern, the same for the same seed (xorshift32). */
export function noise(length: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed >>> 0 || 1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return Buffer.from(words.buffer, 0, length);
}

/** A loop device over a file. Answers the path of its node. */
export function loopDevice(path: string, sectorSize: 512 | 4096 = 512): string {
  requireRoot();
  requireTool('losetup');
  const arguments_ = ['--find', '--show', '--sector-size', String(sectorSize), path];
  const node = execFileSync('losetup', arguments_, { encoding: 'utf8' }).trim();
  onTestFinished(() => {
    execFileSync('losetup', ['--detach', node]);
  });
  return node;
}

/** A mounted filesystem in memory; `ramfs` has neither a size nor direct I/O. Answers its folder. */
export function memoryFilesystem(type: 'tmpfs' | 'ramfs', bytes: number): string {
  requireRoot();
  requireTool('mount', 'umount');
  const folder = join(scratch(), 'mounted');
  mkdirSync(folder);
  execFileSync('mount', ['-t', type, '-o', `size=${bytes}`, type, folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
  });
  return folder;
}

/** An nbdkit export as a file, by nbdfuse: `nbdkitArguments` say what it is and how it misbehaves. Answers its path. */
export async function nbdFile(nbdkitArguments: string[]): Promise<string> {
  return (await nbdServer(nbdkitArguments)).path;
}

/** As `nbdFile`, with the process that serves the file: while that is stopped, its requests hang. */
export async function nbdServer(nbdkitArguments: string[]): Promise<{ path: string; pid: number }> {
  requireTool('nbdkit', 'nbdfuse', 'fusermount3');
  requireCondition(existsSync('/dev/fuse'), 'needs /dev/fuse');
  const folder = scratch();
  const mount = join(folder, 'mounted');
  const ready = join(folder, 'ready');
  mkdirSync(mount);
  const arguments_ = ['--pidfile', ready, join(mount, 'disk'), '[', 'nbdkit', '--exit-with-parent', ...nbdkitArguments, ']'];
  const server = spawn('nbdfuse', arguments_, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said = text(server.stderr);
  const exited = once(server, 'exit');
  onTestFinished(async () => {
    // Lazily: a request may still be waiting in it.
    if (existsSync(ready)) execFileSync('fusermount3', ['-u', '-z', '-q', mount]);
    // It may be stopped, and then hears nothing else.
    server.kill('SIGKILL');
    await exited;
  });
  while (!existsSync(ready)) {
    if (server.exitCode !== null) throw new Error(`nbdfuse did not start: ${await said}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { path: join(mount, 'disk'), pid: server.pid! };
}

/** A file whose ranges cannot be read, as on a bad disk (EIO). Answers its path. */
export function unreadableFile(content: Uint8Array, ...unreadable: native.Range[]): Promise<string> {
  const folder = scratch();
  const lines = ['0x0 ? 1'];
  let position = 0;
  const add = (length: number, status: string) => {
    if (length > 0) lines.push(`0x${position.toString(16)} 0x${length.toString(16)} ${status}`);
    position += length;
  };
  for (const range of unreadable) {
    add(range.offset - position, '+');
    add(range.length, '-');
  }
  add(content.length - position, '+');
  const map = file(Buffer.from(`${lines.join('\n')}\n`), folder);
  return nbdFile(['--filter=ddrescue', 'file', file(content, folder), `ddrescue-mapfile=${map}`]);
}

/** What a tool prints. */
export function output(command: string, ...arguments_: string[]): string {
  requireTool(command);
  return execFileSync(command, arguments_, { encoding: 'utf8' });
}

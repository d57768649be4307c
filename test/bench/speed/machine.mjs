// The machine that is measured: its caches, its processors' time, its loop devices.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { basename } from 'node:path';

/** What `/proc/stat` counts in. */
const TICKS_PER_SECOND = 100;

/**
 * Everything is on its medium, and the page cache forgets files and devices: what is cloned is cold, the programs that do it are not, since
 * how fast a disk gives a program's own files is not what is measured.
 */
export function makeCold(paths) {
  execFileSync('sync');
  for (const path of paths) execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
}

/** Seconds that all processors were busy since the machine started: also with what no process is accounted for. */
export function busySeconds() {
  const [user, nice, system, , , interrupts, softInterrupts] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupts + softInterrupts) / TICKS_PER_SECOND;
}

/** Attaches files to loop devices past the page cache while `action` runs. */
export async function withLoops(files, action) {
  const nodes = [];
  try {
    for (const { path, readOnly } of files) {
      const args = ['--find', '--show', '--direct-io=on', ...(readOnly ? ['--read-only'] : []), path];
      nodes.push(execFileSync('losetup', args, { encoding: 'utf8' }).trim());
    }
    return await action(nodes);
  } finally {
    for (const node of nodes) execFileSync('losetup', ['--detach', node]);
  }
}

/** Bytes that were read of a block device since it is there. */
export function readBytes(node) {
  return sectorsIn(node, 2) * 512;
}

/** Bytes that were written to a block device since it is there. */
export function writtenBytes(node) {
  return sectorsIn(node, 6) * 512;
}

function sectorsIn(node, field) {
  const fields = readFileSync(`/sys/class/block/${basename(node)}/stat`, 'utf8')
    .trim()
    .split(/\s+/);
  return Number(fields[field]);
}

export function describeMachine() {
  const [{ model }] = cpus();
  return `${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}`;
}

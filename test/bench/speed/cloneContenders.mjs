// The commands that clone the sample volume. Whatever a command does about it by itself, the target is flushed within its time.
import { diskwright } from '../run.mjs';

export const OWN = 'diskwright clone disk --no-verify';
export const QEMU = 'qemu-img convert -n -W -m 16 -T none -t none';
export const PARTCLONE = 'partclone.ext4 -b -z 16M';

const quote = (words) => words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');

/** A command, and the flush of its target, as one. */
const flushed = (target, ...words) => ['sh', ['-c', `${quote(words)} >/dev/null && sync '${target}'`]];

/** What the disk can do: as many bytes read and written at once. */
export function limit({ dense, denseBytes, target }) {
  const job = (name, mode, path) => [`--name=${name}`, `--rw=${mode}`, `--filename=${path}`];
  const shared = ['--direct=1', '--ioengine=libaio', '--iodepth=16', '--bs=1M', `--size=${denseBytes}`, '--allow_file_create=0'];
  return flushed(target, 'fio', ...shared, ...job('read', 'read', dense), ...job('write', 'write', target), '--end_fsync=1');
}

/** As many bytes read twice at once: what a comparison of two disks comes to. */
export function readLimit({ dense, denseBytes, target }) {
  const job = (name, path) => [`--name=${name}`, '--rw=read', `--filename=${path}`, `--size=${denseBytes}`];
  const shared = ['--direct=1', '--ioengine=libaio', '--iodepth=16', '--bs=1M'];
  return ['sh', ['-c', `${quote(['fio', ...shared, ...job('one', dense), ...job('other', target)])} >/dev/null`]];
}

export function ownClone({ source, target }, ...options) {
  return flushed(target, process.execPath, diskwright, 'clone', 'disk', source, target, '--yes', ...options);
}

/** Several targets at once; each job flushes its own. */
export function ownCloneTogether({ source, targets }, ...options) {
  return [process.execPath, [diskwright, 'clone', 'disk', source, ...targets, '--yes', ...options]];
}

/** By name; those of a kind of target only. `isNew`: the target is a new file, which reads as zeros. */
export function contenders({ source, target, isNew }) {
  const to = (...words) => flushed(target, ...words);
  const qemu = [
    'qemu-img',
    'convert',
    '-n',
    ...(isNew ? ['--target-is-zero'] : []),
    '-W',
    '-m',
    '16',
    '-T',
    'none',
    '-t',
    'none',
  ];
  return {
    [OWN]: ownClone({ source, target }, '--no-verify'),
    'diskwright clone disk --no-verify --no-digests': ownClone({ source, target }, '--no-verify', '--no-digests'),
    'diskwright clone disk (verified)': ownClone({ source, target }),
    [QEMU]: to(...qemu, '-f', 'raw', '-O', 'raw', source, target),
    [PARTCLONE]: to('partclone.ext4', '-b', '-z', '16777216', '-L', '/dev/null', '-s', source, '-O', target),
    nbdcopy: to('nbdcopy', '--flush', ...(isNew ? ['--destination-is-zero'] : []), source, target),
    'dd bs=4M direct': to('dd', `if=${source}`, `of=${target}`, 'bs=4M', 'iflag=direct', 'oflag=direct', 'conv=notrunc,fsync'),
    ...(isNew && { 'cp --sparse=always': to('cp', '--sparse=always', source, target) }),
    [isNew ? 'ddrescue -S' : 'ddrescue -d -D']: to('ddrescue', '-f', '-q', ...(isNew ? ['-S'] : ['-d', '-D']), source, target),
  };
}

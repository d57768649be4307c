import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { StorageReference, Usage } from '../contracts';
import { backingFile, type FileNumber } from './loopBackingLinux';
import { programName } from './programNameLinux';
import { fileKey } from './storageStackLinux';
import { splitDeviceNumber, type SysBlockDevice } from './sysfsLinux';

/** The access mode in a descriptor's flags (open(2)); 0 is reading only. */
const ACCESS_MODE = 0b11;

/** Storage under the names that programs may have opened it by. */
interface Wanted {
  /** Keys of files, and what to call them. */
  files: Map<string, string>;
  inodes: Set<number>;
  /** `major:minor` of block devices. */
  devices: Set<string>;
}

/**
 * Other programs that have the storage open for writing, without any lock: it, a device that shows the same bytes, or the file
 * behind one. Only processes that this user may look into are found. Other work goes on between two processes.
 * @param devices everything that shows the same bytes
 */
export async function openWriters(path: string, storage: StorageReference, devices: readonly SysBlockDevice[]): Promise<Usage[]> {
  const wanted = wantedOf(path, storage, devices);
  const found: Usage[] = [];
  for (const pid of entries('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const opened = new Set(entries(`/proc/${pid}/fd`).flatMap((descriptor) => writableName(pid, descriptor, wanted) ?? []));
    if (opened.size > 0) {
      const program = programName(pid);
      for (const name of opened) found.push({ text: `${program} has ${name} open for writing.`, writes: true });
    }
    await setImmediate();
  }
  return found;
}

function wantedOf(path: string, storage: StorageReference, devices: readonly SysBlockDevice[]): Wanted {
  const numbers: [FileNumber, string][] = devices.flatMap((device): [FileNumber, string][] => {
    const file = backingFile(device);
    return file ? [[file, device.loop!.path]] : [];
  });
  if (storage.kind === 'file') numbers.push([storage, path]);
  return {
    files: new Map(numbers.map(([number, name]) => [fileKey(number), name])),
    inodes: new Set(numbers.map(([{ inode }]) => inode)),
    devices: new Set(devices.map(({ major, minor }) => `${major}:${minor}`)),
  };
}

/** How the wanted thing is called that a process has open for writing under this descriptor; null when it is nothing of it. */
function writableName(pid: string, descriptor: string, wanted: Wanted): string | null {
  const link = `/proc/${pid}/fd/${descriptor}`;
  const opened = readLink(link);
  if (!opened?.startsWith('/')) return null;
  const facts = read(`/proc/${pid}/fdinfo/${descriptor}`);
  if (!facts || (Number.parseInt(/^flags:\s*(\d+)/m.exec(facts)?.[1] ?? '0', 8) & ACCESS_MODE) === 0) return null;
  // A stat may hang with the filesystem that it asks, so only what may well be it is asked for more.
  const inode = /^ino:\s*(\d+)/m.exec(facts)?.[1];
  const isCandidate = opened.startsWith('/dev/') || inode === undefined || wanted.inodes.has(Number(inode));
  return isCandidate ? nameOf(link, opened, wanted) : null;
}

function nameOf(link: string, opened: string, wanted: Wanted): string | null {
  try {
    const status = statSync(link);
    if (status.isBlockDevice()) {
      const { major, minor } = splitDeviceNumber(status.rdev);
      return wanted.devices.has(`${major}:${minor}`) ? opened : null;
    }
    return wanted.files.get(fileKey({ ...splitDeviceNumber(status.dev), inode: status.ino })) ?? null;
  } catch {
    return null;
  }
}

/** Processes and descriptors come and go while they are looked at, and other users' are closed to us: then there is nothing. */
function entries(folder: string): string[] {
  return orNothing(() => readdirSync(folder)) ?? [];
}

function read(path: string): string | null {
  return orNothing(() => readFileSync(path, 'utf8'));
}

function readLink(path: string): string | null {
  return orNothing(() => readlinkSync(path));
}

function orNothing<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}

import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { StorageReference, Usage } from '../contracts';
import type { DeviceLook } from './deviceLookLinux';
import type { FileNumber } from './loopBackingLinux';
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

/** What somebody wants to know of all processes, and what was found. */
interface Question {
  wanted: Wanted;
  found: Usage[];
}

/** Other work goes on after so long, between two processes. */
const MILLISECONDS_AT_ONCE = 2;

/** Questions that the next walk through the processes answers; null when none was asked since the last has begun. */
let asked: { questions: Question[]; answered: Promise<void> } | null = null;
let lastWalk: Promise<void> = Promise.resolve();

/**
 * Other programs that have the storage open for writing, without any lock: it, a device that shows the same bytes, or the file
 * behind one. Only processes that this user may look into are found. There is one walk at a time: who asks during one is answered by the
 * next, together with all others.
 * @param devices everything that shows the same bytes
 */
export async function openWriters(
  path: string,
  storage: StorageReference,
  devices: readonly SysBlockDevice[],
  look: DeviceLook,
): Promise<Usage[]> {
  const question: Question = { wanted: wantedOf(path, storage, devices, look), found: [] };
  asked ??= askNext();
  asked.questions.push(question);
  await asked.answered;
  return question.found;
}

function askNext(): NonNullable<typeof asked> {
  const questions: Question[] = [];
  const answered = lastWalk.then(async () => {
    await setImmediate();
    asked = null;
    await walk(questions);
  });
  lastWalk = answered;
  return { questions, answered };
}

async function walk(questions: readonly Question[]): Promise<void> {
  let since = performance.now();
  for (const pid of entries('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const opened = questions.map(() => new Set<string>());
    for (const descriptor of entries(`/proc/${pid}/fd`)) noteWritable(pid, descriptor, questions, opened);
    for (const [index, { found }] of questions.entries()) {
      for (const name of opened[index]!) found.push({ text: `${programName(pid)} has ${name} open for writing.`, writes: true });
    }
    if (performance.now() - since < MILLISECONDS_AT_ONCE) continue;
    await setImmediate();
    since = performance.now();
  }
}

function wantedOf(path: string, storage: StorageReference, devices: readonly SysBlockDevice[], look: DeviceLook): Wanted {
  const numbers: [FileNumber, string][] = devices.flatMap((device): [FileNumber, string][] => {
    const file = look.backingFile(device);
    return file ? [[file, device.loop!.path]] : [];
  });
  if (storage.kind === 'file') numbers.push([storage, path]);
  return {
    files: new Map(numbers.map(([number, name]) => [fileKey(number), name])),
    inodes: new Set(numbers.map(([{ inode }]) => inode)),
    devices: new Set(devices.map(({ major, minor }) => `${major}:${minor}`)),
  };
}

/** Adds to `opened`, for each question, how the wanted thing is called that a process has open for writing under this descriptor. */
function noteWritable(pid: string, descriptor: string, questions: readonly Question[], opened: readonly Set<string>[]): void {
  const link = `/proc/${pid}/fd/${descriptor}`;
  const path = readLink(link);
  if (!path?.startsWith('/')) return;
  const facts = read(`/proc/${pid}/fdinfo/${descriptor}`);
  if (!facts || (Number.parseInt(/^flags:\s*(\d+)/m.exec(facts)?.[1] ?? '0', 8) & ACCESS_MODE) === 0) return;
  // A stat may hang with the filesystem that it asks, so only what may well be it is asked for more.
  const inode = /^ino:\s*(\d+)/m.exec(facts)?.[1];
  for (const [index, { wanted }] of questions.entries()) {
    const isCandidate = path.startsWith('/dev/') || inode === undefined || wanted.inodes.has(Number(inode));
    const name = isCandidate ? nameOf(link, path, wanted) : null;
    if (name !== null) opened[index]!.add(name);
  }
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

import { equal, ok } from 'node:assert/strict';
import type { BlockSource } from '../block/index';
import { DiskwrightError } from '../errors';
import { entriesIn, TableColumns } from '../protocol/index';
import type { Filesystem, FilesystemFiles } from '../provider/index';
import { walkByReaddir } from '../runtime/tree';
import { checkInside } from './checkAnswers';
import { SeededRandom } from './seededRandom';

/** That are asked about, chosen at random. */
const MOST_NODES = 25;
/** That these are chosen from at any time: a damaged directory may name very many. */
const MOST_PENDING = 2000;
/** A damaged file may claim very many. */
const MOST_SEGMENTS = 500;
/** Read of the end of a content that is not just stored. */
const MOST_READ_BYTES = 300_000;

/**
 * Asks an open filesystem about its files, and whose every byte of the volume is. However damaged the volume is, typed errors are answers, names lead nowhere
 * but to their entry, and what is told lies on the volume; for the `run` of `fuzzParser`.
 * @param random chooses of the files of a larger tree those that are asked about; default: always the same ones
 * @returns how many questions were answered without an error
 * @throws AssertionError saying what does not hold; anything thrown that is no typed error
 */
export async function checkFileAnswers(
  filesystem: Filesystem,
  { size }: BlockSource,
  signal: AbortSignal,
  random = new SeededRandom(0),
): Promise<number> {
  let answered = 0;
  const ask = async (question: () => unknown): Promise<void> => {
    try {
      await question();
      answered++;
    } catch (error) {
      if (!(error instanceof DiskwrightError)) throw error;
    }
  };
  await ask(() => checkTree(filesystem.files!, signal));
  await ask(() => checkNodes(filesystem.files!, size, ask, random, signal));
  await ask(() => checkOwners(filesystem, size, signal));
  return answered;
}

/** By the ways that the runtime would take: parents come before their children. */
async function checkTree(files: FilesystemFiles, signal: AbortSignal): Promise<void> {
  const options = { recursive: true, metadata: true };
  const { node } = files.root;
  const directories = new Set(['']);
  const check = (path: string, type: string): void => {
    ok(!path.split('/').some((part) => ['', '.', '..'].includes(part)), `the path ${path} leads elsewhere`);
    ok(directories.has(path.slice(0, Math.max(0, path.lastIndexOf('/')))), `${path} comes before its directory`);
    if (type === 'directory') directories.add(path);
  };
  for await (const table of files.walkTables?.(node, { recursive: true }, signal) ?? [])
    for (const { path, type } of entriesIn(new TableColumns(table))) check(path, type);
  directories.clear();
  directories.add('');
  if (files.walkBatches) {
    for await (const batch of files.walkBatches(node, options, signal)) for (const { path, type } of batch) check(path, type);
    return;
  }
  const entries = files.walk?.(node, options, signal) ?? walkByReaddir(files, node, options, signal);
  for await (const { path, type } of entries) check(path, type);
}

async function checkNodes(
  files: FilesystemFiles,
  size: number,
  ask: (question: () => unknown) => Promise<void>,
  random: SeededRandom,
  signal: AbortSignal,
): Promise<void> {
  const pending = [files.root.node];
  const seen = new Set(pending);
  for (let asked = 0; asked < MOST_NODES && pending.length > 0; asked++) {
    const [current] = pending.splice(random.integer(pending.length), 1) as [string];
    await ask(() => files.stat?.(current, signal));
    await ask(() => files.streams?.(current, signal));
    await ask(() => files.readlink?.(current, signal));
    await ask(async () => checkInside((await files.extentsOf?.(current, signal)) ?? [], size, 'extent'));
    await ask(async () => {
      const record = await files.recordOf?.(current, signal);
      if (record) checkInside([record], size, 'record');
    });
    await ask(() => checkContent(files, current, size, signal));
    await ask(async () => {
      for await (const entry of files.readdir(current, signal, { metadata: true })) {
        ok(!entry.path.includes('/') && Number.isSafeInteger(entry.size), `the entry ${entry.path} cannot be`);
        if (pending.length >= MOST_PENDING || seen.has(entry.node)) continue;
        seen.add(entry.node);
        pending.push(entry.node);
      }
    });
  }
}

async function checkContent(files: FilesystemFiles, node: string, volumeSize: number, signal: AbortSignal): Promise<void> {
  const content = await files.contentOf?.(node, undefined, signal);
  if (!content) return;
  const { size, segments } = content;
  let told = 0;
  let count = 0;
  let isServed = false;
  for await (const segment of segments) {
    if (segment.kind === 'extent') checkInside([segment], volumeSize, 'content');
    told += segment.kind === 'inline' ? Buffer.from(segment.bytes, 'base64').length : segment.length;
    isServed ||= segment.kind === 'served';
    if (++count === MOST_SEGMENTS) return;
  }
  equal(told, size, `the segments of ${node} have ${told} bytes, but it has ${size}`);
  if (!isServed) return;
  const length = Math.min(size, MOST_READ_BYTES);
  const bytes = await files.readContent!(node, undefined, size - length, length, signal);
  equal(bytes.length, length, `of ${length} bytes of ${node}, ${bytes.length} were read`);
}

async function checkOwners(filesystem: Filesystem, size: number, signal: AbortSignal): Promise<void> {
  let end = 0;
  for await (const owner of filesystem.ownersOf!([{ offset: 0, length: size }], signal)) {
    ok(owner.offset <= end, `nobody is told for the bytes at ${end}`);
    checkInside([owner], size, 'owner');
    end = Math.max(end, owner.offset + owner.length);
  }
  ok(end >= size, `nobody is told for the bytes at ${end}`);
}

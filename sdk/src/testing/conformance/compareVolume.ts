import { isDeepStrictEqual } from 'node:util';
import { subtract } from '../../extents/index';
import type { ByteRange, FilesystemEntry } from '../../protocol/types';
import type { ConformanceVolume } from './conformanceVolume';
import { hashContent } from './content';
import type { ListedFile, ListedTime, Listing } from './listing';

/** What is told of a comparison in words; the others are counted. */
const MOST_TOLD = 12;

/** How a volume compares with what an oracle says of it. */
export interface Comparison {
  files: number;
  /** How many answers of each kind were held against the oracle: `size`, `content`. */
  compared: Record<string, number>;
  /** In words, the first of them. */
  differences: string[];
  /** All of them. */
  different: number;
  /** Of the allocation: bytes that are called used, and how many of them the oracle does not call so; null when it told nothing of that. */
  used: { bytes: number; more: number } | null;
}

interface Found {
  entry: FilesystemEntry;
  path: string;
}

/** Holds everything that an oracle tells of a volume against what its provider tells. @throws what the provider throws */
export async function compareVolume(volume: ConformanceVolume, expected: Listing): Promise<Comparison> {
  const comparison: Comparison = { files: expected.files.size, compared: {}, differences: [], different: 0, used: null };
  const tell = (difference: string): void => {
    if (++comparison.different <= MOST_TOLD) comparison.differences.push(difference);
  };
  const found = await treeOf(volume, tell);
  for (const path of expected.files.keys()) if (!found.has(path)) tell(`${path} is missing`);
  for (const path of found.keys())
    if (!expected.files.has(path) && !expected.hidden?.test(path)) tell(`${path} is there, but not by the oracle`);
  const walked = await volume.countByWalk();
  if (walked !== found.size) tell(`a walk tells ${walked} files, directory by directory they are ${found.size}`);
  for (const [path, file] of expected.files) {
    const place = found.get(path);
    if (place) await compareFile(volume, place, file, comparison, tell);
  }
  await compareInfo(volume, expected, tell);
  if (expected.allocated) comparison.used = await compareAllocation(volume, expected, tell);
  for (const { severity, code, message } of await volume.check())
    if (severity !== 'info' && !expected.findings?.includes(code)) tell(`check finds ${code}: ${message}`);
  return comparison;
}

async function treeOf(volume: ConformanceVolume, tell: (difference: string) => void): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  const pending = [{ node: volume.root, path: '' }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for await (const entry of volume.readdir(next.node)) {
      const name = entry.rawName === undefined ? entry.path : `base64:${entry.rawName}`;
      const path = next.path + name;
      if (found.has(path)) tell(`${path} is listed twice`);
      found.set(path, { entry, path });
      if (entry.damage !== undefined) tell(`${path}: ${entry.damage}`);
      if (entry.type === 'directory') pending.push({ node: entry.node, path: `${path}/` });
    }
  }
  return found;
}

const wordsOf = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

async function compareFile(
  volume: ConformanceVolume,
  { entry, path }: Found,
  expected: ListedFile,
  { compared }: Comparison,
  tell: (difference: string) => void,
): Promise<void> {
  for (const [aspect, value] of Object.entries(expected) as [keyof ListedFile, unknown][]) {
    if (value === undefined) continue;
    compared[aspect] = (compared[aspect] ?? 0) + 1;
    try {
      const found = await answerOf(volume, entry, aspect, expected);
      const [wanted, got] = comparable(aspect, value, found);
      if (!isDeepStrictEqual(got, wanted)) tell(`${path}: ${aspect} is ${wordsOf(got)}, by the oracle ${wordsOf(wanted)}`);
    } catch (error) {
      tell(`${path}: ${aspect} cannot be told: ${(error as Error).message}`);
    }
  }
}

/** What the provider tells of one aspect. */
async function answerOf(
  volume: ConformanceVolume,
  { node, type, size, metadata }: FilesystemEntry,
  aspect: keyof ListedFile,
  { target }: ListedFile,
): Promise<unknown> {
  switch (aspect) {
    case 'type':
      return type;
    case 'size':
      return size;
    case 'node':
      return node;
    case 'mode':
    case 'links':
    case 'attributes':
      return metadata?.[aspect];
    case 'modified':
    case 'accessed':
    case 'created': {
      const time = metadata?.[aspect];
      return time ? [time.seconds, time.nanoseconds] : null;
    }
    case 'owner':
      return [metadata?.userId, metadata?.groupId];
    case 'device':
      return [metadata?.device?.major, metadata?.device?.minor];
    case 'target':
      // No text has those bytes: only the content does.
      if (!target!.startsWith('base64:')) return volume.readlink(node);
      return volume.withContent(node, async (read) => `base64:${(await read(0, size)).toString('base64')}`);
    case 'streams':
      return Object.fromEntries(
        (await volume.streams(node)).map(({ name, size, value }) => [name, value?.toString('hex') ?? size]),
      );
    case 'content':
      return volume.withContent(node, (read) => hashContent(size, read));
    case 'extents':
      return volume.extentsOf(node);
  }
}

/** Both in a form in which they are equal when they say the same. */
function comparable(aspect: keyof ListedFile, expected: unknown, found: unknown): [unknown, unknown] {
  switch (aspect) {
    case 'modified':
    case 'accessed':
    case 'created': {
      const wanted = expected as ListedTime;
      return [wanted, wanted && found ? (found as number[]).slice(0, wanted.length) : found];
    }
    case 'attributes':
      return [[...(expected as string[])].sort(), [...((found as string[] | undefined) ?? [])].sort()];
    case 'extents':
      return [joined(expected as ByteRange[]), joined(found as ByteRange[])];
    default:
      return [expected, found];
  }
}

/** Those that follow each other as one: it is nobody's affair in how many pieces they are told. */
function joined(extents: readonly ByteRange[]): ByteRange[] {
  const result: ByteRange[] = [];
  for (const { offset, length } of extents) {
    const last = result.at(-1);
    if (last && last.offset + last.length === offset) last.length += length;
    else result.push({ offset, length });
  }
  return result;
}

async function compareInfo(volume: ConformanceVolume, expected: Listing, tell: (difference: string) => void): Promise<void> {
  const info = await volume.info();
  for (const aspect of ['type', 'label', 'uuid', 'size', 'used'] as const) {
    const wanted = expected[aspect];
    if (wanted !== undefined && info[aspect] !== wanted)
      tell(`${aspect} is ${wordsOf(info[aspect])}, by the oracle ${wordsOf(wanted)}`);
  }
  const { features } = expected;
  if (features && !isDeepStrictEqual(new Set(info.features), new Set(features)))
    tell(`features are ${info.features.join(' ')}, by the oracle ${features.join(' ')}`);
  if (!info.clean) tell('it is not clean');
}

async function compareAllocation(
  volume: ConformanceVolume,
  { allocated, mostMore }: Listing,
  tell: (difference: string) => void,
): Promise<Comparison['used']> {
  const { confidence, extents, reasons } = await volume.allocation();
  if (!extents) {
    tell(`the allocation of a sound volume is ${confidence}: ${reasons.join(' ')}`);
    return null;
  }
  if (confidence !== 'exact') tell(`the allocation is ${confidence}: ${reasons.join(' ')}`);
  const missing = subtract(allocated!, extents);
  if (missing.count > 0)
    tell(`${missing.covered} bytes in use are not in the allocation, the first at ${missing.offsetAt(0)}: they would be lost`);
  const more = subtract(extents, allocated!).covered;
  if (mostMore !== undefined && more > mostMore) tell(`${more} bytes more are called used than by the oracle`);
  return { bytes: extents.covered, more };
}

import { createHash } from 'node:crypto';
import type { ContainerDescription } from '../../protocol/types';
import { SeededRandom } from '../seededRandom';
import type { ContainerListing, ListedDevice } from './containerConformance';
import type { ReadPiece } from './conformanceVolume';

const MOST_TOLD = 12;
/** What is read at once. */
const MOST_PIECE_BYTES = 1024 * 1024;
/** Every fourth request is longer than this. */
const SHORT_PIECE_BYTES = 16 * 1024;

/** What is asked of an open container, in the tests of a plugin by its provider itself, in `plugin test` through the host. */
export interface ConformanceContainer {
  readonly description: ContainerDescription;
  /** Opens a device while `use` reads it. */
  withDevice<T>(name: string, use: (size: number, read: ReadPiece) => Promise<T>): Promise<T>;
}

/** How a container compares with what an oracle says of it. */
export interface ContainerComparison {
  devices: number;
  /** How many bytes of devices were held against the oracle. */
  bytes: number;
  /** In words, the first of them. */
  differences: string[];
  /** All of them. */
  different: number;
}

/**
 * Holds everything that an oracle tells of a container against what its provider tells and serves. The bytes are read in pieces of any length at any place,
 * one behind the other.
 * @throws what the provider throws
 */
export async function compareContainer(
  container: ConformanceContainer,
  expected: ContainerListing,
  seed: number,
): Promise<ContainerComparison> {
  const comparison: ContainerComparison = { devices: expected.devices.size, bytes: 0, differences: [], different: 0 };
  const tell = (difference: string): void => {
    if (++comparison.different <= MOST_TOLD) comparison.differences.push(difference);
  };
  const { description } = container;
  for (const aspect of ['type', 'label', 'uuid'] as const) {
    const wanted = expected[aspect];
    if (wanted !== undefined && description[aspect] !== wanted)
      tell(`${aspect} is ${JSON.stringify(description[aspect])}, by the oracle ${JSON.stringify(wanted)}`);
  }
  const { warnings = [] } = expected;
  for (const wanted of warnings)
    if (!description.warnings.some((warning) => wanted.test(warning))) tell(`it does not warn: ${String(wanted)}`);
  for (const warning of description.warnings)
    if (!warnings.some((wanted) => wanted.test(warning))) tell(`it warns, but not by the oracle: ${warning}`);
  const found = new Map(description.devices.map((device) => [device.name, device]));
  for (const name of found.keys()) if (!expected.devices.has(name)) tell(`${name} is there, but not by the oracle`);
  const random = new SeededRandom(seed);
  for (const [name, wanted] of expected.devices) {
    const device = found.get(name);
    if (!device) tell(`${name} is missing`);
    else comparison.bytes += await compareDevice(container, device, wanted, random, tell);
  }
  return comparison;
}

/** @returns how many bytes were compared */
async function compareDevice(
  container: ConformanceContainer,
  { name, size, sectorSize, unavailable }: ContainerDescription['devices'][number],
  wanted: ListedDevice,
  random: SeededRandom,
  tell: (difference: string) => void,
): Promise<number> {
  const differs = (what: string, got: unknown, by: unknown): void =>
    tell(`${name}: ${what} is ${JSON.stringify(got)}, by the oracle ${JSON.stringify(by)}`);
  if (wanted.size !== undefined && size !== wanted.size) differs('size', size, wanted.size);
  if (wanted.sectorSize !== undefined && sectorSize !== wanted.sectorSize) differs('sectorSize', sectorSize, wanted.sectorSize);
  if (wanted.unavailable) {
    if (!wanted.unavailable.test(unavailable ?? '')) differs('unavailable', unavailable ?? null, String(wanted.unavailable));
    return 0;
  }
  if (unavailable !== undefined) {
    tell(`${name} is not available: ${unavailable}`);
    return 0;
  }
  return container.withDevice(name, async (served, read) => {
    if (served !== size) tell(`${name} is served with ${served} bytes, and described with ${size}`);
    let compared = 0;
    for (const { offset, length, sha256 } of wanted.contents ?? []) {
      if (offset + length > served) {
        tell(`${name}: ends at ${served}, by the oracle there are ${length} bytes at ${offset}`);
        continue;
      }
      const hash = createHash('sha256');
      for (let at = offset; at < offset + length;) {
        const most = random.chance(0.25) ? MOST_PIECE_BYTES : SHORT_PIECE_BYTES;
        const piece = Math.min(1 + random.integer(most), offset + length - at);
        hash.update(await read(at, piece));
        at += piece;
      }
      if (hash.digest('hex') !== sha256) tell(`${name}: the ${length} bytes at ${offset} are others than by the oracle`);
      compared += length;
    }
    return compared;
  });
}

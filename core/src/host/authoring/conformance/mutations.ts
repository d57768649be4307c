import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskwrightError, InvalidInputError, PeerGoneError } from '@diskwright/sdk/errors';
import type { ByteRange, StructureField } from '@diskwright/sdk/protocol';
import type { VolumeProxy } from '@diskwright/sdk/runtime';
import { damage, ScratchImage, SeededRandom, writeInterestingInteger } from '@diskwright/sdk/testing';
import type { Host } from '../../host';
import { processUsage } from '../../plugins/containment/processUsage';

/** Of a tree that damage made endless. */
const MOST_ENTRIES = 200;
const MOST_STRUCTURES = 200;
const MOST_FIELDS = 20_000;
/** In one image. */
const MOST_DAMAGES = 4;
const INTEGER_WIDTHS = new Set([1, 2, 4, 8]);

export interface MutationBudget {
  /** How many mutated images. */
  cases: number;
  seed: number;
  /** For one image, by the clock. */
  milliseconds: number;
  /** Of the plugin's process and all below it. */
  memoryBytes: number;
}

/** What is mutated. */
export interface MutatedImage {
  name: string;
  path: string;
  sectorSize?: 512 | 4096;
}

interface Prepared extends MutatedImage {
  base: Buffer;
  fields: ByteRange[];
}

/**
 * Changes the fields of the structures that a plugin shows, each at least once where there are cases enough, and asks the plugin about the volume each
 * time, in its sandbox.
 * @returns what was found, a sentence
 * @throws Error naming the case, when the plugin ends, fails by a bug, asks for what lies outside, or goes beyond the budget
 */
export async function tryMutations(
  host: Host,
  plugin: string,
  images: readonly MutatedImage[],
  budget: MutationBudget,
  signal: AbortSignal,
): Promise<string> {
  const prepared = await Promise.all(images.map((image) => prepare(host, image, signal)));
  const random = new SeededRandom(budget.seed);
  const reached = { told: 0, slowest: 0, memory: 0 };
  const fields = prepared.flatMap((image) => image.fields.map((field) => ({ image, field })));
  if (fields.length === 0) throw new Error('it shows no structures: nothing to change');
  for (let index = 0; index < budget.cases; index++) {
    signal.throwIfAborted();
    // One after the other, so that each field has its turn, and others by chance.
    const { image, field } = fields[Math.floor((index * fields.length) / Math.min(budget.cases, fields.length)) % fields.length]!;
    const scratch = new ScratchImage(image.base);
    change(scratch, field, random);
    for (let more = random.integer(MOST_DAMAGES); more > 0; more--) damage(scratch, image.fields, random);
    const words = `case ${index} (${image.name}, the field at ${field.offset}; --seed ${budget.seed} repeats it)`;
    const changed = await placed(image, scratch, index);
    const startedAt = performance.now();
    try {
      if (await isTold(host, changed, image.sectorSize, signal)) reached.told++;
    } catch (error) {
      throw new Error(`${words}: ${(error as Error).message}`, { cause: error });
    }
    const milliseconds = performance.now() - startedAt;
    const process = host.plugins.supervisor.processOf(plugin);
    const memory = process ? ((await processUsage(process.pid))?.memoryBytes ?? 0) : 0;
    reached.slowest = Math.max(reached.slowest, milliseconds);
    reached.memory = Math.max(reached.memory, memory);
    if (milliseconds > budget.milliseconds) throw new Error(`${words}: it took ${Math.round(milliseconds)} ms`);
    if (memory > budget.memoryBytes) throw new Error(`${words}: its process takes ${mebibytes(memory)} MiB`);
    await restored(image, changed, scratch);
  }
  const { told, slowest, memory } = reached;
  return `${budget.cases} images by seed ${budget.seed}, of ${fields.length} fields, ${told} of them refused or with findings; at most ${Math.round(slowest)} ms and ${mebibytes(memory)} MiB`;
}

const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

async function prepare(host: Host, image: MutatedImage, signal: AbortSignal): Promise<Prepared> {
  const fields: ByteRange[] = [];
  const add = ({ offset, length, fields: inner }: StructureField): void => {
    if (inner && inner.length > 0) for (const field of inner) add(field as StructureField);
    else if (length > 0 && fields.length < MOST_FIELDS) fields.push({ offset, length });
  };
  await withVolume(host, image.path, image.sectorSize, signal, async (volume) => {
    for await (const structure of volume!.structures()) for (const field of structure.fields) add(field);
  });
  return { ...image, base: await readFile(image.path), fields };
}

function change(scratch: ScratchImage, field: ByteRange, random: SeededRandom): void {
  if (INTEGER_WIDTHS.has(field.length) && random.chance(0.7))
    writeInterestingInteger(scratch, field.offset, field.length as 1 | 2 | 4 | 8, random);
  else damage(scratch, [field], random);
}

/** Under a name of its own each time: the host rightly keeps what it knows of one. */
async function placed(image: Prepared, scratch: ScratchImage, index: number): Promise<string> {
  const path = join(image.path, '..', `mutated ${index}`);
  await rename(image.path, path);
  await write(path, scratch.changes());
  return path;
}

async function restored(image: Prepared, path: string, scratch: ScratchImage): Promise<void> {
  const pieces = scratch
    .changes()
    .map(({ offset, bytes }) => ({ offset, bytes: image.base.subarray(offset, offset + bytes.length) }));
  await write(path, pieces);
  await rename(path, image.path);
}

async function write(path: string, pieces: readonly { offset: number; bytes: Buffer }[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    for (const { offset, bytes } of pieces) await file.write(bytes, 0, bytes.length, offset);
  } finally {
    await file.close();
  }
}

/** Whether the damage was told, in an error or a finding. @throws what is no answer about the disk */
async function isTold(host: Host, path: string, sectorSize: 512 | 4096 | undefined, signal: AbortSignal): Promise<boolean> {
  let told = false;
  const ask = async (question: () => Promise<unknown>): Promise<void> => {
    try {
      await question();
    } catch (error) {
      if (!isAnswer(error)) throw error;
      told = true;
    }
  };
  await ask(() =>
    withVolume(host, path, sectorSize, signal, async (volume) => {
      told = volume === null;
      if (!volume) return;
      await ask(() => volume.info());
      await ask(() => volume.allocation());
      await ask(() => volume.commitExtents());
      await ask(async () => void (told ||= (await volume.check()).length > 0));
      await ask(() => taken(volume.structures(), MOST_STRUCTURES));
      await ask(() => look(volume, ask));
    }),
  );
  return told;
}

/** A damaged disk is told of by the errors that stand for it; the others are of programs that go wrong. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof DiskwrightError) || error instanceof PeerGoneError || error instanceof InvalidInputError) return false;
  return !/failed inside plugin/.test(error.message);
}

async function look(volume: VolumeProxy, ask: (question: () => Promise<unknown>) => Promise<void>): Promise<void> {
  const root = await volume.lookup('/');
  if (!root) return;
  for (const { node, type } of await taken(volume.walk(root.node, { recursive: true, metadata: true }), MOST_ENTRIES)) {
    if (type === 'symlink') await ask(() => volume.readlink(node));
    if (type !== 'file') continue;
    await ask(() => volume.extentsOf(node));
    await ask(() => taken(volume.contentOf(node), MOST_ENTRIES));
  }
}

async function taken<T>(items: AsyncIterable<T>, most: number): Promise<T[]> {
  const some: T[] = [];
  for await (const item of items) {
    some.push(item);
    if (some.length === most) break;
  }
  return some;
}

async function withVolume(
  host: Host,
  path: string,
  sectorSize: 512 | 4096 | undefined,
  signal: AbortSignal,
  work: (volume: VolumeProxy | null) => Promise<void>,
): Promise<void> {
  const { deviceId } = await host.devices.open(path, sectorSize, signal);
  try {
    const volume = await host.plugins.providers.openVolume({ deviceId, partition: 0 }, signal);
    try {
      await work(volume);
    } finally {
      await volume?.close();
    }
  } finally {
    await host.devices.close(deviceId);
  }
}

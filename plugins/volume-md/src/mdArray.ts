import type { OpenContainer } from '@diskwright/sdk';
import type { ContainerDescription } from '@diskwright/sdk/protocol';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError, MediaError, RefusedError } from '@diskwright/sdk/errors';
import { MappedImage } from '@diskwright/sdk/image';
import type { ServedNode } from '@diskwright/sdk/nbd';
import { formatBytes } from '@diskwright/sdk/plan';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { type ArrayData, arrayData } from './arrayData';
import { readBadBlocks } from './badBlocks';
import { type BitmapState, readBitmap } from './bitmap';
import { levelName, LINEAR, MIRROR } from './levels';
import { findMembers, type Member, type Members } from './members';

/** What an array is called that has no name. */
const UNNAMED = 'md';

/** What becomes of them, in words that go on from "as its log of bad blocks says". */
function badBlocksAre(level: number): string {
  if (level === MIRROR) return ': they are read from another device, or not at all';
  return level === LINEAR ? ': the array has no other copy, and what is read there may be wrong' : '';
}

/** An open array. */
export class MdArray implements OpenContainer {
  private readonly name: string;

  private constructor(
    private readonly members: Members,
    private readonly data: ArrayData,
    private readonly sectorSize: 512 | 4096,
    private readonly bitmap: BitmapState | null,
    /** Of what had to be read besides the superblocks. */
    private readonly warnings: readonly string[],
  ) {
    this.name = deviceName(members.reference.setName);
  }

  /** @throws as `ContainerProvider.open` */
  static async open(sources: readonly BlockSource[], signal: AbortSignal): Promise<MdArray> {
    const members = await findMembers(sources, signal);
    const warnings: string[] = [];
    const badBlocks = new Map<Member, readonly ByteRange[]>();
    const inSync = members.all.filter(({ position }) => position !== null);
    for (const member of inSync) {
      const ranges = await readOr(() => readBadBlocks(member.source, member.superblock, signal), warnings);
      if (ranges === null || ranges.length === 0) continue;
      badBlocks.set(member, ranges);
      const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
      warnings.push(
        `${nameOf(member)} has lost ${formatBytes(bytes)} in ${ranges.length} places, as its log of bad blocks says${badBlocksAre(members.reference.level)}.`,
      );
    }
    const bitmap = await bitmapOf(inSync[0], warnings, signal);
    const sectorSize = inSync.some(({ source }) => source.sectorSize === 4096) ? 4096 : 512;
    return new MdArray(members, arrayData(members, badBlocks, sectorSize), sectorSize, bitmap, warnings);
  }

  describe(): ContainerDescription {
    const { members, data, sectorSize, name } = this;
    const { reference } = members;
    const device = { name, size: data.size, sectorSize };
    return {
      type: 'linux_raid_member',
      label: reference.setName === '' ? null : reference.setName,
      uuid: reference.setUuid,
      details: this.details(),
      warnings: [...this.stateWarnings(), ...this.warnings],
      devices: [data.reason === undefined ? device : { ...device, unavailable: data.reason }],
    };
  }

  device(name: string): ServedNode {
    if (name !== this.name) throw new InvalidInputError(`the array is called ${this.name}, not ${name}`);
    const { map, reason, todo } = this.data;
    if (map) return new MappedImage(map);
    throw new RefusedError(`the array ${this.name} cannot be read: ${reason}`, { todo });
  }

  private details(): [string, string][] {
    const { reference, all } = this.members;
    const { bitmap } = this;
    return [
      ['level', levelName(reference.level)],
      ['version', reference.version],
      ['changes', String(reference.events)],
      ['created', new Date(reference.created * 1000).toISOString()],
      ...(bitmap
        ? [
            ['bitmap', `${bitmap.chunks} chunks of ${formatBytes(bitmap.chunkBytes)}, ${bitmap.dirty} being written to`] as [
              string,
              string,
            ],
          ]
        : []),
      ['devices', `${reference.raidDisks}, of which ${this.inSync()} in sync and here`],
      ...all.map((member): [string, string] => ['device', `${nameOf(member)}: ${member.state}`]),
    ];
  }

  private stateWarnings(): string[] {
    const { reference, all } = this.members;
    const warnings: string[] = [];
    const isRead = reference.level === MIRROR || reference.level === LINEAR;
    if (isRead && this.inSync() < reference.raidDisks)
      warnings.push(`The array is degraded: ${this.inSync()} of ${reference.raidDisks} devices are in sync and here.`);
    for (const member of all)
      if (member.position === null) warnings.push(`${nameOf(member)} is not read. It is ${member.state}.`);
    if (reference.level === MIRROR && !reference.clean)
      warnings.push('The array was not stopped in order: its copies may differ. The first one is read.');
    if (this.bitmap && this.bitmap.dirty > 0) {
      warnings.push(
        `The write-intent bitmap has ${this.bitmap.dirty} of ${this.bitmap.chunks} chunks that were being written to: the copies may differ there.`,
      );
    }
    for (const { source, superblock, position, ...member } of all) {
      const needed = superblock.dataOffset + (reference.level === LINEAR ? superblock.dataBytes : superblock.sizeBytes);
      if (position === null || source.size >= needed) continue;
      warnings.push(
        `${nameOf({ superblock, source, position, ...member })} has ${source.size} bytes instead of ${needed}: what lies behind its end cannot be read from it.`,
      );
    }
    return warnings;
  }

  private inSync(): number {
    return this.members.all.filter(({ position }) => position !== null).length;
  }
}

/** By what people can tell it from the others. */
function nameOf({ superblock, position }: Member): string {
  const place = position === null ? `Device number ${superblock.number}` : `Device ${position + 1}`;
  return superblock.deviceUuid === null ? place : `${place} (${superblock.deviceUuid})`;
}

/** `host:name` is called `name`, and `host:0` md0, as in /dev. */
function deviceName(setName: string): string {
  const name = setName.slice(setName.indexOf(':') + 1);
  if (/^\d+$/.test(name)) return `md${name}`;
  return /^[A-Za-z0-9+_.-]+$/.test(name) ? name : UNNAMED;
}

async function bitmapOf(member: Member | undefined, warnings: string[], signal: AbortSignal): Promise<BitmapState | null> {
  const offset = member?.superblock.bitmapOffset ?? null;
  return member && offset !== null ? readOr(() => readBitmap(member.source, offset, signal), warnings) : null;
}

/** Null, and a warning, for what is damaged: the data do not depend on it. */
async function readOr<T>(read: () => Promise<T>, warnings: string[]): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DamagedStructureError || error instanceof MediaError)) throw error;
    warnings.push(error.message);
    return null;
  }
}

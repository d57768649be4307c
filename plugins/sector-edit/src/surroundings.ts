import type { PluginContext, TableProxy, VolumeProxy } from '@diskwright/sdk';
import { CancelledError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, DeviceLayout, NamedRange, StructureInstance, TableLayout } from '@diskwright/sdk/protocol';
import { shiftStructure } from '@diskwright/sdk/struct';
import { type EditedField, fieldsAt } from './structuresAt';

/** The most structures of one owner that a run of edited bytes is held against. */
const MAX_STRUCTURES = 64;

/** A structure that edited bytes reach; offsets from the start of the device. */
export interface MetStructure {
  owner: Owner;
  structure: StructureInstance;
  fields: EditedField[];
}

/** What lays structures on the device: its table, or the filesystem of a volume. */
export interface Owner {
  /** `the GPT`, `partition 2 (ext4)`. */
  name: string;
  kind: 'table' | 'volume';
  /** What it takes up; the table the whole device. */
  range: ByteRange;
  /** Ranges that make it recognisable, which are written last. */
  commit: ByteRange[];
  /** The marks by which it is known, in copies as well. */
  signatures: NamedRange[];
  proxy: TableProxy | VolumeProxy;
}

/** What lies around edited bytes, as the plugins know it. What they open ends with the command. */
export class Surroundings {
  /** What could not be looked at, a sentence each. */
  readonly unknown: string[] = [];
  private readonly volumes = new Map<number, Owner | null>();

  private constructor(
    private readonly context: PluginContext,
    private readonly deviceId: string,
    readonly layout: DeviceLayout,
    /** Null for a device without a table. */
    readonly table: { owner: Owner; layout: TableLayout } | null,
  ) {}

  static async open(context: PluginContext, deviceId: string): Promise<Surroundings> {
    const [layout, proxy] = await Promise.all([context.devices.layout(deviceId), context.devices.table(deviceId)]);
    if (!proxy) return new Surroundings(context, deviceId, layout, null);
    const [read, signatures] = await Promise.all([proxy.read(), proxy.signatures()]);
    const range = { offset: 0, length: layout.device.size };
    const name = `the ${read.type.toUpperCase()}`;
    const owner: Owner = { name, kind: 'table', range, commit: read.structures, signatures, proxy };
    return new Surroundings(context, deviceId, layout, { owner, layout: read });
  }

  /** The volumes that meet a range, those whose structures a plugin knows. */
  async ownersAt(range: ByteRange): Promise<Owner[]> {
    const owners: Owner[] =
      this.table && this.table.layout.structures.some((part) => rangesMeet(part, range)) ? [this.table.owner] : [];
    for (const place of this.placesAt(range)) {
      const owner = place.partition === null ? null : await this.volume(place.partition, place.name, place);
      if (owner) owners.push(owner);
    }
    return owners;
  }

  /** The structures that a range meets, those of the table first. */
  async structuresAt(range: ByteRange): Promise<MetStructure[]> {
    const met: MetStructure[] = [];
    for (const owner of await this.ownersAt(range)) met.push(...(await this.structuresOf(owner, range)));
    return met;
  }

  /** What a range lies in, in words: partitions and the room outside of them. */
  describe(range: ByteRange): string {
    const places = this.placesAt(range).map(({ name }) => name);
    return places.length > 0 ? places.join(' and ') : 'space outside of partitions';
  }

  private placesAt(range: ByteRange): { name: string; partition: number | null; offset: number; length: number }[] {
    const { partitions, volume, device } = this.layout;
    if (!this.table) {
      const name = `the whole device${volume ? ` (${volume.type})` : ''}`;
      return [{ name, partition: volume ? 0 : null, offset: 0, length: device.size }];
    }
    return partitions
      .filter(({ role }) => role !== 'extended')
      .map(({ number, start, size, filesystem }) => {
        const name = `partition ${number}${filesystem ? ` (${filesystem.type})` : ''}`;
        return { name, partition: filesystem ? number : null, offset: start, length: size };
      })
      .filter((place) => rangesMeet(place, range));
  }

  private async volume(partition: number, name: string, { offset, length }: ByteRange): Promise<Owner | null> {
    const known = this.volumes.get(partition);
    if (known !== undefined) return known;
    const owner = await this.tolerantly(name, async (): Promise<Owner | null> => {
      const proxy = await this.context.volumes.open({ deviceId: this.deviceId, partition });
      if (!proxy) return null;
      const [commit, signatures] = await Promise.all([proxy.commitExtents(), proxy.signatures()]);
      const onDevice = <R extends ByteRange>(range: R): R => ({ ...range, offset: range.offset + offset });
      return {
        name,
        kind: 'volume',
        range: { offset, length },
        commit: commit.map(onDevice),
        signatures: signatures.map(onDevice),
        proxy,
      };
    });
    this.volumes.set(partition, owner);
    return owner;
  }

  private async structuresOf(owner: Owner, range: ByteRange): Promise<MetStructure[]> {
    const { offset } = owner.range;
    const within = { offset: Math.max(0, range.offset - offset), length: range.length - Math.max(0, offset - range.offset) };
    const met: MetStructure[] = [];
    await this.tolerantly(owner.name, async () => {
      for await (const found of owner.proxy.structures(within)) {
        const structure = shiftStructure(found, offset);
        const fields = fieldsAt(structure, range);
        if (rangesMeet(structure, range)) met.push({ owner, structure, fields });
        if (met.length === MAX_STRUCTURES) break;
      }
      return null;
    });
    return met;
  }

  /** A damaged volume is no reason not to edit it. */
  private async tolerantly<R>(name: string, look: () => Promise<R>): Promise<R | null> {
    try {
      return await look();
    } catch (error) {
      if (error instanceof CancelledError || this.context.signal.aborted) throw error;
      this.unknown.push(`what the edits mean for ${name} cannot be told: ${(error as Error).message}`);
      return null;
    }
  }
}

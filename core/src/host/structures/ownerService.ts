import { InvalidInputError } from '@diskwright/sdk/errors';
import type { VolumeProxy } from '@diskwright/sdk';
import type { FilesystemInfo, Owner, StructureField } from '@diskwright/sdk/protocol';
import type { OwnerLink } from '../../common/workbench';
import type { DeviceService } from '../devices/deviceService';
import { abortable } from '../../common/flow/abortable';
import { within } from '../../common/flow/within';
import type { Allocations, KnownAllocation } from '../layouts/allocations';
import type { HeldProviders } from '../providers/heldProviders';
import { allocationLink } from './allocationLink';
import { OwnerLookup } from './ownerLookup';
import { partitionLinks } from './partitionLinks';
import type { PlacedStructure, StructureService } from './structureService';
import type { VolumePlace, VolumePlaces } from './volumePlaces';

const MAX_VALUE_CHARACTERS = 64;

export interface OwnerChain {
  /** Outermost first. */
  chain: OwnerLink[];
  /** Whether the filesystem uses the byte is still being found out: ask again. */
  incomplete: boolean;
}

export interface OwnerOptions {
  /** How long to wait for a volume's allocation, which may take seconds for a large volume at the first time. */
  patienceMilliseconds?: number;
  signal?: AbortSignal;
}

/** Answers whose byte it is: from the device down to the field of a structure, or to whether the filesystem uses it and which file it is of. */
export class OwnerService {
  /** As long as the volume is held open: it is asked at every move of a cursor. */
  private readonly infos = new WeakMap<VolumeProxy, Promise<FilesystemInfo>>();
  private readonly lookups = new WeakMap<VolumeProxy, OwnerLookup>();

  constructor(
    private readonly devices: DeviceService,
    private readonly held: HeldProviders,
    private readonly places: VolumePlaces,
    private readonly structures: StructureService,
    private readonly allocations: Allocations,
  ) {}

  /** @throws InvalidInputError for an offset behind the device's end */
  async chain(deviceId: string, offset: number, options: OwnerOptions = {}): Promise<OwnerChain> {
    const { path, size } = this.devices.get(deviceId);
    if (offset >= size) throw new InvalidInputError(`${path} ends at ${size}, before offset ${offset}`, { device: path, offset });
    const table = await this.places.table(deviceId);
    const chain: OwnerLink[] = [{ layer: 'device', what: path, path, offset: 0, length: size }];
    chain.push(...partitionLinks(table, offset, size));
    const [{ structures }, [volume]] = await Promise.all([
      this.structures.at(deviceId, { offset, length: 1 }, options.signal),
      this.places.meeting(deviceId, { offset, length: 1 }),
    ]);
    chain.push(...structureLinks(inScope(structures, null), offset));
    if (!volume || chain.some(({ layer }) => layer === 'table')) return { chain, incomplete: false };
    const rest = await this.inVolume(deviceId, path, volume, offset, inScope(structures, volume.partition), options);
    return { chain: [...chain, ...rest.chain], incomplete: rest.incomplete };
  }

  private async inVolume(
    deviceId: string,
    path: string,
    volume: VolumePlace,
    offset: number,
    structures: PlacedStructure[],
    options: OwnerOptions,
  ): Promise<OwnerChain> {
    const at = offset - volume.offset;
    const info = await this.infoOf(deviceId, volume);
    const link = { layer: 'volume', path: `${path}#${volume.partition}`, offset: volume.offset };
    if (!info) return { chain: [{ ...link, what: 'nothing that a plugin knows', length: volume.length }], incomplete: false };
    const what = info.label ? `${info.type} "${info.label}"` : info.type;
    const chain: OwnerLink[] = [{ ...link, what, length: Math.min(info.size, volume.length) }];
    if (at >= info.size) {
      const start = volume.offset + info.size;
      const behind = `behind the end of the ${info.type}, which is smaller than its volume`;
      return { chain: [{ layer: 'free', what: behind, offset: start, length: volume.length - info.size }], incomplete: false };
    }
    if (structures.length > 0) return { chain: [...chain, ...structureLinks(structures, offset)], incomplete: false };
    const allocation = await this.allocationOf(deviceId, volume, options);
    if (!allocation) return { chain, incomplete: true };
    const used = allocationLink(allocation, at, volume, info.size);
    if (used.layer === 'free') return { chain: [...chain, used], incomplete: false };
    const owners = await this.ownersAt(deviceId, volume, at, options);
    const links = (owners ?? []).map((owner) => ownerLink(owner, volume.offset));
    return { chain: [...chain, used, ...links], incomplete: owners === null };
  }

  /** What the provider says of its volume; null when there is none. */
  private infoOf(deviceId: string, { partition }: VolumePlace): Promise<FilesystemInfo | null> {
    return this.held.use(deviceId, partition, async (opened) => {
      if (!opened) return null;
      let info = this.infos.get(opened);
      if (!info) this.infos.set(opened, (info = opened.info()));
      return info;
    });
  }

  /**
   * Who has a byte, as far as the provider tells. Finding that out may mean going through all files: it is asked of a volume once at a time, and a caller
   * without patience is told to ask again (null).
   */
  private async ownersAt(
    deviceId: string,
    { partition }: VolumePlace,
    at: number,
    options: OwnerOptions,
  ): Promise<Owner[] | null> {
    const { patienceMilliseconds, signal } = options;
    return this.held.use(
      deviceId,
      partition,
      async (opened) => {
        if (!opened) return [];
        let lookup = this.lookups.get(opened);
        if (!lookup) this.lookups.set(opened, (lookup = new OwnerLookup(opened)));
        return abortable(lookup.at(at, patienceMilliseconds), signal);
      },
      signal,
    );
  }

  /** Null when it did not become known in time; reading it goes on then. */
  private allocationOf(deviceId: string, { partition }: VolumePlace, options: OwnerOptions): Promise<KnownAllocation | null> {
    const { patienceMilliseconds, signal } = options;
    if (patienceMilliseconds === undefined) return this.allocations.of({ deviceId, partition }, signal);
    return within(patienceMilliseconds, this.allocations.of({ deviceId, partition }), null);
  }
}

const inScope = (structures: PlacedStructure[], wanted: number | null): PlacedStructure[] =>
  structures.filter(({ scope }) => scope === wanted);

/** The structures around a byte, the largest first, and within the innermost the fields around it. */
function structureLinks(structures: PlacedStructure[], offset: number): OwnerLink[] {
  const nested = structures.map(({ structure }) => structure).sort((a, b) => b.length - a.length);
  const links = nested.map(({ name, ...place }): OwnerLink => ({
    layer: 'structure',
    what: name,
    structure: name,
    offset: place.offset,
    length: place.length,
  }));
  const innermost = nested.at(-1);
  return innermost ? [...links, ...fieldLinks(innermost.name, innermost.fields, offset, [])] : links;
}

function fieldLinks(structure: string, fields: StructureField[], offset: number, outer: string[]): OwnerLink[] {
  const field = fields.find((candidate) => offset >= candidate.offset && offset < candidate.offset + candidate.length);
  if (!field) return [];
  const names = [...outer, field.name];
  const name = names.join('.');
  const what = field.fields ? name : `${name}: ${shortened(field.value)}`;
  return [
    { layer: 'field', what, structure, field: name, offset: field.offset, length: field.length },
    ...fieldLinks(structure, field.fields ?? [], offset, names),
  ];
}

/** Boot code and reserved areas are fields as well. */
function shortened(value: string): string {
  return value.length <= MAX_VALUE_CHARACTERS ? value : `${value.slice(0, MAX_VALUE_CHARACTERS)}…`;
}

function ownerLink({ kind, name, offset, length }: Owner, start: number): OwnerLink {
  const place = { offset: start + offset, length };
  if (kind === 'file') return { layer: 'file', what: name, path: name, ...place };
  if (kind === 'structure') return { layer: 'structure', what: name, structure: name, ...place };
  return { layer: 'free', what: 'free space', ...place };
}

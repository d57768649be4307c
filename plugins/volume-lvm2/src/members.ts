import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import { readOrNull } from '@diskwright/sdk/files';
import { readMetadataCopies } from './metadata/areas';
import { parseVolumeGroup, type VolumeGroup } from './metadata/volumeGroup';
import { type PhysicalVolume, readPhysicalVolume } from './physicalVolume';

/** A device that is a physical volume, with the metadata on it. */
export interface Member {
  source: BlockSource;
  volume: PhysicalVolume;
  /** What its copies of the metadata say; none for a volume that keeps no copy. */
  copies: readonly VolumeGroup[];
  /** Copies that cannot be read, in words. */
  problems: readonly string[];
}

/** A volume group with those of its members that are there. */
export interface OpenGroup {
  /** As the newest copy of the metadata says; null: the physical volume is in no volume group. */
  group: VolumeGroup | null;
  /** The first is the one that was asked for. */
  members: readonly Member[];
  warnings: string[];
}

/**
 * Opens the volume group of the first source; of the others, those that belong to it.
 * @throws InvalidInputError when the first is no physical volume, DamagedStructureError when no copy of its metadata is sound
 */
export async function openGroup(sources: readonly BlockSource[], signal: AbortSignal): Promise<OpenGroup> {
  const [first, ...others] = await readMembers(sources, signal);
  const uuid = groupOf(first, others);
  const copies = [first, ...others].flatMap((member) => member.copies.filter((copy) => copy.uuid === uuid));
  const [group] = copies.sort((one, other) => other.sequence - one.sequence);
  if (!group) {
    if (first.problems.length > 0) throw new DamagedStructureError('LVM2 metadata', first.problems.join('; '));
    return { group: null, members: [first], warnings: [...first.volume.warnings] };
  }
  const known = new Set(Array.from(group.physicalVolumes.values(), (each) => each.uuid));
  const members = [first, ...others.filter(({ volume }) => known.has(volume.uuid))];
  return { group, members, warnings: warningsOf(group, members, known) };
}

async function readMembers(sources: readonly BlockSource[], signal: AbortSignal): Promise<[Member, ...Member[]]> {
  const first = await readMember(sources[0]!, signal);
  if (!first) throw new InvalidInputError('there is no label of LVM2: it is no physical volume');
  const others: Member[] = [];
  // Candidates only: what cannot be read of them is another volume's trouble.
  for (const source of sources.slice(1)) {
    const member = await readOrNull(() => readMember(source, signal));
    if (member) others.push(member);
  }
  return [first, ...others];
}

async function readMember(source: BlockSource, signal: AbortSignal): Promise<Member | null> {
  const volume = await readPhysicalVolume(source, signal);
  if (!volume) return null;
  const { texts, problems } = await readMetadataCopies(source, volume, signal);
  const copies: VolumeGroup[] = [];
  for (const text of texts) {
    try {
      copies.push(parseVolumeGroup(text));
    } catch (error) {
      if (!(error instanceof DamagedStructureError || error instanceof NotSupportedError)) throw error;
      problems.push(`the metadata of physical volume ${volume.uuid}: ${error.message}`);
    }
  }
  return { source, volume, copies, problems };
}

/** The UUID of the group: as the first says, or as the others say of it when it keeps no copy. */
function groupOf(first: Member, others: readonly Member[]): string | null {
  const own = first.copies[0];
  if (own) return own.uuid;
  const telling = others.flatMap(({ copies }) => copies).find((copy) => lists(copy, first));
  return telling?.uuid ?? null;
}

function lists({ physicalVolumes }: VolumeGroup, { volume }: Member): boolean {
  return Array.from(physicalVolumes.values()).some(({ uuid }) => uuid === volume.uuid);
}

function warningsOf(group: VolumeGroup, members: readonly Member[], known: ReadonlySet<string>): string[] {
  const warnings: string[] = [];
  const seen = new Set<string>();
  for (const { volume, copies, problems, source } of members) {
    const { uuid } = volume;
    warnings.push(...volume.warnings, ...problems);
    if (seen.has(uuid)) {
      warnings.push(`Two devices are physical volume ${uuid}, as a disk and its clone are: the first one is read.`);
      continue;
    }
    seen.add(uuid);
    if (!known.has(uuid)) warnings.push(`Physical volume ${uuid} is no longer part of volume group ${group.name}.`);
    const oldest = Math.min(...copies.map(({ sequence }) => sequence));
    if (oldest < group.sequence) {
      warnings.push(
        `The metadata on physical volume ${uuid} are older (${oldest}) than the newest (${group.sequence}), which count: it was missing, or failed, when they were changed.`,
      );
    }
    const told = Array.from(group.physicalVolumes.values()).find((each) => each.uuid === uuid);
    if (told && told.deviceBytes > source.size) {
      warnings.push(
        `Physical volume ${uuid} has ${source.size} bytes instead of ${told.deviceBytes}: what lies behind its end cannot be read.`,
      );
    }
    if (told?.flags.includes('MISSING'))
      warnings.push(`Physical volume ${uuid} was missing when the metadata were changed last: what is on it may be old.`);
  }
  if (group.flags.includes('EXPORTED'))
    warnings.push(`Volume group ${group.name} is exported: made ready to be used by another system.`);
  return warnings;
}

import type { VolumeProxy } from '@diskwright/sdk';
import { DiskwrightError } from '@diskwright/sdk/errors';
import { ExtentList, intersect, subtract } from '@diskwright/sdk/extents';
import type { ByteRange, Owner, SectorSize } from '@diskwright/sdk/protocol';
import { isCancellation } from '../../common/flow/abortable';
import type { DeviceService } from '../devices/deviceService';
import type { ProviderAccess } from '../layouts/layoutService';
import { partitionLinks } from './partitionLinks';
import type { VolumePlace, VolumePlaces } from './volumePlaces';

/** Whose a run of bytes is. `offset` and `length` are of the device, cut to what was asked about. */
export interface FileOwner extends ByteRange {
  /** Number of the partition, 0 for a device that is one volume, null outside of all volumes. */
  partition: number | null;
  /** `unknown`: in a volume of which no plugin can tell whose bytes are whose; `what` says why. `outside`: in no volume. */
  kind: 'file' | 'structure' | 'free' | 'unknown' | 'outside';
  /** In words, for a person: the path, `inode table of group 3`, `free space`, `GPT: backup table`. */
  what: string;
  /** Path of a file from the root of its volume; null for all else. */
  path: string | null;
  /** Further paths of the file, where it has several hard links. */
  otherPaths: string[];
  /** The raw path in base64 where it is no valid text. */
  rawPath?: string;
  /** The provider's name of the file (ext: the inode number), or of the one that a structure belongs to. */
  node: string | null;
  /** Where in the file the run begins; null where it is no part of a file's content. */
  fileOffset: number | null;
}

export interface FileOwnersOptions {
  sectorSize?: SectorSize;
  signal?: AbortSignal;
}

const NOBODY = { path: null, otherPaths: [], node: null, fileOffset: null };

/** Names what lies in ranges of a device: the files and structures of its volumes, free space, the partition table. */
export class FileOwners {
  constructor(
    private readonly devices: DeviceService,
    private readonly providers: ProviderAccess,
    private readonly places: VolumePlaces,
  ) {}

  /**
   * As {@link of}, for a device by its name, which is opened meanwhile.
   * @throws what opening it throws
   */
  async *ofDevice(path: string, ranges: Iterable<ByteRange>, options: FileOwnersOptions = {}): AsyncGenerator<FileOwner> {
    const { deviceId } = await this.devices.open(path, options.sectorSize, options.signal);
    try {
      yield* this.of(deviceId, ranges, options.signal);
    } finally {
      // Not closed: who else has it open would lose it.
      await this.devices.rest(deviceId);
    }
  }

  /**
   * Whose the bytes are: all of them, volume by volume, ascending within each, then what lies outside of the volumes. A volume that cannot be read is
   * `unknown`, and hides nothing of the others. Each volume is gone through once, however many ranges there are: ask for all at once.
   * @param ranges in any order; what lies behind the device's end is left out
   * @throws CancelledError, StaleError when the device changes meanwhile
   */
  async *of(deviceId: string, ranges: Iterable<ByteRange>, signal?: AbortSignal): AsyncGenerator<FileOwner> {
    const { size } = this.devices.get(deviceId);
    const device = ExtentList.fromRanges([{ offset: 0, length: size }]);
    let rest = intersect(ExtentList.fromRanges(ranges), device);
    for (const volume of await this.places.volumes(deviceId)) {
      const place = ExtentList.fromRanges([volume]);
      const wanted = intersect(rest, place);
      if (wanted.count === 0) continue;
      rest = subtract(rest, place);
      yield* this.inVolume(deviceId, volume, wanted, signal);
    }
    if (rest.count > 0) yield* this.outside(deviceId, rest, size);
  }

  private async *inVolume(
    deviceId: string,
    volume: VolumePlace,
    wanted: ExtentList,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<FileOwner> {
    const { partition } = volume;
    const told = new Remaining(wanted);
    let why = 'no plugin knows what this volume holds';
    try {
      const opened = await this.providers.openVolume({ deviceId, partition }, signal);
      if (opened) {
        why = `the plugin ${opened.provider} cannot tell which file this is`;
        yield* ownersIn(opened, volume, told);
      }
    } catch (error) {
      if (isCancellation(error) || !(error instanceof DiskwrightError) || error.code === 'Stale') throw error;
      if (error.code !== 'NotSupported') why = error.message;
    }
    for (const range of told.rest()) yield { ...range, partition, kind: 'unknown', what: why, ...NOBODY };
  }

  private async *outside(deviceId: string, ranges: ExtentList, size: number): AsyncGenerator<FileOwner> {
    const table = await this.places.table(deviceId);
    for (const { offset, length } of ranges) {
      for (let at = offset; at < offset + length;) {
        const link = partitionLinks(table, at, size).at(-1);
        const end = link ? Math.max(at + 1, Math.min(link.offset + link.length, offset + length)) : offset + length;
        const what = link?.what ?? 'space outside of volumes';
        yield { offset: at, length: end - at, partition: null, kind: 'outside', what, ...NOBODY };
        at = end;
      }
    }
  }
}

/** What of the wanted ranges (of the device) was not told yet. */
class Remaining {
  private readonly told: ByteRange[] = [];

  constructor(readonly wanted: ExtentList) {}

  /** The pieces of a run that are wanted, which count as told from now on. */
  take(run: ByteRange): ByteRange[] {
    const pieces = [...this.wanted.within(run)];
    this.told.push(...pieces);
    return pieces;
  }

  rest(): ExtentList {
    return subtract(this.wanted, ExtentList.fromRanges(this.told));
  }
}

async function* ownersIn(opened: VolumeProxy, volume: VolumePlace, told: Remaining): AsyncGenerator<FileOwner> {
  const inVolume = [...told.wanted].map(({ offset, length }) => ({ offset: offset - volume.offset, length }));
  try {
    for await (const owner of opened.ownersOf(inVolume)) {
      const run = { offset: volume.offset + owner.offset, length: owner.length };
      for (const piece of told.take(run))
        yield { ...piece, partition: volume.partition, ...described(owner, piece.offset - run.offset) };
    }
  } finally {
    await opened.close();
  }
}

function described(
  { kind, name, node, fileOffset, otherNames, rawName }: Owner,
  skipped: number,
): Omit<FileOwner, 'offset' | 'length' | 'partition'> {
  return {
    kind,
    what: kind === 'free' ? 'free space' : name,
    path: kind === 'file' ? name : null,
    otherPaths: otherNames ?? [],
    ...(rawName !== undefined && { rawPath: rawName }),
    node: node ?? null,
    fileOffset: fileOffset === undefined ? null : fileOffset + skipped,
  };
}

import { DamagedStructureError } from '@diskwright/sdk/errors';
import { rangeOfClusters } from '@diskwright/sdk/clusters';
import { allocationRuns } from './files/allocationRuns';
import type { ExfatVolume } from './files/volume';
import type { RootEntries } from './rootEntries';

const UNITS = 0x10000;
const MOST_BYTES = UNITS * 2;
/** Before a count of units that are their own upper case. */
const IDENTITY_RUN = 0xffff;

/** Which unit of UTF-16 is the upper case of which, as this volume has it. */
export class UpcaseTable {
  private constructor(
    private readonly units: Uint16Array,
    /** Over the bytes on the disk. */
    readonly checksum: number,
  ) {}

  /** @throws DamagedStructureError when it cannot be read; what `read` of the source throws */
  static async read(volume: ExfatVolume, entry: NonNullable<RootEntries['upcase']>, signal: AbortSignal): Promise<UpcaseTable> {
    const { size, offset } = entry;
    if (size === 0 || size > MOST_BYTES || size % 2 !== 0)
      throw new DamagedStructureError('exFAT up-case table', `an up-case table of ${size} bytes cannot be`, {
        offset,
        length: 32,
      });
    const pieces: Buffer[] = [];
    for await (const run of allocationRuns(volume, entry, signal)) {
      const range = rangeOfClusters(volume.geometry, run);
      pieces.push(await volume.source.read(range.offset, Math.min(range.length, MOST_BYTES), signal));
    }
    return UpcaseTable.of(Buffer.concat(pieces).subarray(0, size));
  }

  static of(bytes: Buffer): UpcaseTable {
    const units = Uint16Array.from({ length: UNITS }, (_, unit) => unit);
    let checksum = 0;
    for (const byte of bytes) checksum = (((checksum << 31) | (checksum >>> 1)) + byte) >>> 0;
    for (let at = 0, unit = 0; at + 2 <= bytes.length && unit < UNITS; at += 2) {
      const value = bytes.readUInt16LE(at);
      if (value === IDENTITY_RUN && at + 4 <= bytes.length) {
        unit += bytes.readUInt16LE(at + 2);
        at += 2;
      } else units[unit++] = value;
    }
    return new UpcaseTable(units, checksum);
  }

  /** A name in upper case, for comparing. */
  fold(name: string): string {
    let folded = '';
    for (let index = 0; index < name.length; index++) folded += String.fromCharCode(this.units[name.charCodeAt(index)]!);
    return folded;
  }

  /** The hash that the stream entry of a file of that name has. */
  hashOf(name: string): number {
    let hash = 0;
    for (const byte of Buffer.from(this.fold(name), 'utf16le')) hash = (((hash & 1) << 15) + (hash >>> 1) + byte) & 0xffff;
    return hash;
  }
}

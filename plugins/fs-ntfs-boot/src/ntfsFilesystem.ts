import {
  computeGeneration,
  encodePlacedField,
  type AllocationResult,
  type EncodedField,
  type FieldEdit,
  type Filesystem,
  type RelocateResult,
  type RelocateTarget,
} from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import type { ByteRange, FilesystemInfo, Finding, Generation, NamedRange, StructureInstance } from '@diskwright/sdk/protocol';
import { readBootCopies } from './bootCopies';
import { readFileRecord, readNtfsVolume, VOLUME_RECORD, type NtfsVolume } from './ntfsVolume';
import { relocateNtfs } from './relocate';
import { fileRecordHeader } from './structures/fileRecord';
import { ntfsBootSector } from './structures/ntfsBootSector';
import { readVolumeFile, type VolumeFile } from './volumeFile';

/** How many records of the master file table the generation covers: those of the system's own files. */
const WATCHED_RECORDS = 16;

/** An open NTFS volume, as far as its boot records and its name go. Which clusters are used it cannot tell. */
export class NtfsFilesystem implements Filesystem {
  private constructor(
    private readonly source: BlockSource,
    private readonly volume: NtfsVolume,
  ) {}

  /** @throws DamagedStructureError when there is no NTFS boot sector */
  static async open(source: BlockSource, signal: AbortSignal): Promise<NtfsFilesystem> {
    return new NtfsFilesystem(source, await readNtfsVolume(source, signal));
  }

  async info(signal: AbortSignal): Promise<FilesystemInfo> {
    const { boot, clusterBytes, countedBytes, recordBytes } = this.volume;
    const { label, dirty } = await this.volumeFile(signal);
    const { bytesPerSector } = boot;
    return {
      type: 'ntfs',
      label,
      uuid: boot.serial.toString(16).toUpperCase().padStart(16, '0'),
      // With the copy of the boot sector, which the volume's own count leaves out.
      size: countedBytes + bytesPerSector,
      used: null,
      blockSize: clusterBytes,
      clean: dirty === false,
      sectorSize: bytesPerSector === 512 || bytesPerSector === 4096 ? bytesPerSector : null,
      features: [],
      details: [
        ['cluster size', `${clusterBytes} bytes`],
        ['file record size', `${recordBytes} bytes`],
        ['hidden sectors', String(boot.hiddenSectors)],
      ],
    };
  }

  async allocation(signal: AbortSignal): Promise<AllocationResult> {
    const { dirty } = await this.volumeFile(signal);
    const reasons = ['no plugin is installed that reads which clusters of NTFS are used'];
    if (dirty) reasons.push('the volume is marked dirty: Windows wants to check it');
    return { confidence: 'unknown', extents: null, reasons };
  }

  async commitExtents(signal: AbortSignal): Promise<ByteRange[]> {
    const copies = await readBootCopies(this.source, this.volume, signal);
    return copies.map(({ offset, raw }) => ({ offset, length: raw.length }));
  }

  async generation(signal: AbortSignal): Promise<Generation> {
    const { raw, mftOffset, recordBytes } = this.volume;
    const watched = Math.max(0, Math.min(WATCHED_RECORDS * recordBytes, this.source.size - mftOffset));
    const ranges = [{ offset: 0, length: raw.length }];
    return computeGeneration(this.source, watched > 0 ? [...ranges, { offset: mftOffset, length: watched }] : ranges, signal);
  }

  async signatures(signal: AbortSignal): Promise<NamedRange[]> {
    const copies = await readBootCopies(this.source, this.volume, signal);
    // The signature word as well: without the name, libblkid takes what is left for a partition table.
    return copies.flatMap(({ name, offset }) =>
      (['oemName', 'signature'] as const).map((field) => {
        const range = ntfsBootSector.range(field);
        return {
          offset: offset + range.offset,
          length: range.length,
          name: `${name}: ${field === 'oemName' ? 'name' : 'signature'}`,
        };
      }),
    );
  }

  async relocate(target: RelocateTarget, signal: AbortSignal): Promise<RelocateResult> {
    return relocateNtfs(this.source, await readBootCopies(this.source, this.volume, signal), target);
  }

  async *structures(signal: AbortSignal): AsyncGenerator<StructureInstance> {
    const [first, ...backups] = await readBootCopies(this.source, this.volume, signal);
    if (first) yield ntfsBootSector.instance(first.raw, 0, first.offset, 'ntfs.boot');
    for (const record of [0, VOLUME_RECORD]) {
      const bytes = await readFileRecord(this.source, this.volume, record, signal);
      const offset = this.volume.mftOffset + record * this.volume.recordBytes;
      if (bytes) yield fileRecordHeader.instance(bytes, 0, offset, 'ntfs.record');
    }
    for (const { raw, offset } of backups) yield ntfsBootSector.instance(raw, 0, offset, 'ntfs.backup');
  }

  async encodeField(edit: FieldEdit, signal: AbortSignal): Promise<EncodedField> {
    const copies = await readBootCopies(this.source, this.volume, signal);
    return encodePlacedField(
      copies.map(({ offset }) => ({ layout: ntfsBootSector, offset })),
      edit,
    );
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    const findings: Finding[] = [];
    const range = ntfsBootSector.range('totalSectors');
    if (this.volume.countedBytes > this.source.size) {
      const message = `the filesystem spans ${this.volume.countedBytes} bytes, but its volume has only ${this.source.size}: the end is cut off`;
      findings.push({ severity: 'error', code: 'ntfs.boot.size', message, ranges: [range] });
    }
    const copies = await readBootCopies(this.source, this.volume, signal);
    const [, backup] = copies;
    if (!backup) {
      const message = 'there is no copy of the boot sector behind the volume';
      findings.push({
        severity: 'warning',
        code: 'ntfs.backup.missing',
        message,
        ranges: [range],
        todo: 'chkdsk on Windows, or ntfsfix, writes it',
      });
    } else if (!backup.raw.equals(this.volume.raw)) {
      const message = 'the copy of the boot sector differs from it';
      findings.push({
        severity: 'warning',
        code: 'ntfs.backup.differs',
        message,
        ranges: [{ offset: backup.offset, length: backup.raw.length }],
      });
    }
    const { dirty } = await this.volumeFile(signal);
    if (dirty) {
      const ranges = [
        { offset: this.volume.mftOffset + VOLUME_RECORD * this.volume.recordBytes, length: this.volume.recordBytes },
      ];
      findings.push({
        severity: 'warning',
        code: 'ntfs.dirty',
        message: 'the volume is marked dirty',
        ranges,
        todo: 'run chkdsk on Windows',
      });
    }
    return findings;
  }

  private async volumeFile(signal: AbortSignal): Promise<VolumeFile> {
    const record = await readFileRecord(this.source, this.volume, VOLUME_RECORD, signal);
    return record ? readVolumeFile(record) : { label: null, dirty: null };
  }
}

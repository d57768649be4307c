import {
  type EncodedField,
  encodePlacedField,
  type FieldEdit,
  type OpenPartitionTable,
  type RebuildOutcome,
} from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import type { Finding, NamedRange, StructureInstance, TableLayout } from '@diskwright/sdk/protocol';
import { type Header, header, readHeader } from './header';

/** An open table. Offsets are bytes from the start of the device. */
export class ExampleTable implements OpenPartitionTable {
  private constructor(
    private readonly source: BlockSource,
    private readonly values: Header,
  ) {}

  /** @throws DamagedStructureError when there is no such table */
  static async open(source: BlockSource, signal: AbortSignal): Promise<ExampleTable> {
    const values = await readHeader(source, signal);
    if (!values) throw new DamagedStructureError(header.name, 'it is not one', { offset: 0, length: source.sectorSize });
    return new ExampleTable(source, values);
  }

  async read(): Promise<TableLayout> {
    const { sectorSize, size } = this.source;
    const id = this.values.diskId.toString(16).padStart(8, '0');
    const used = this.values.entries.map((entry, index) => ({ ...entry, number: index + 1 }));
    const partitions = used.filter(({ sectorCount }) => sectorCount > 0);
    return {
      type: 'mbr',
      id,
      partitions: partitions.map(({ number, startSector, sectorCount, type }) => ({
        number,
        start: startSector * sectorSize,
        size: sectorCount * sectorSize,
        type: `0x${type.toString(16).padStart(2, '0')}`,
        typeName: `type ${type}`,
        name: null,
        id: `${id}-${number}`,
        bootable: false,
        role: 'primary' as const,
      })),
      usable: { offset: sectorSize, length: size - sectorSize },
      structures: [{ offset: 0, length: sectorSize, name: header.name }],
      findings: partitions.flatMap(({ number, startSector, sectorCount }) =>
        this.finding(number, (startSector + sectorCount) * sectorSize),
      ),
    };
  }

  /** Every byte of the table for another device. Until that is written here, clones of such disks are refused, with these words. */
  async rebuild(): Promise<RebuildOutcome> {
    throw new NotSupportedError('this plugin reads example tables, but does not write them yet');
  }

  async signatures(): Promise<NamedRange[]> {
    return [{ ...header.range('magic'), name: 'magic bytes' }];
  }

  async *structures(signal: AbortSignal): AsyncGenerator<StructureInstance> {
    yield header.instance(await this.source.read(0, header.size, signal), 0, 0, 'example-name');
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    return encodePlacedField([{ layout: header, offset: 0 }], edit);
  }

  private finding(number: number, end: number): Finding[] {
    if (end <= this.source.size) return [];
    const message = `partition ${number} ends at ${end}, but the device has only ${this.source.size} bytes`;
    return [{ severity: 'error', code: 'example-name.end', message, ranges: [{ offset: 0, length: header.size }] }];
  }
}

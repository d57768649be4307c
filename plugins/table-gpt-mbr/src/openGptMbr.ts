import { encodePlacedField } from '@diskwright/sdk';
import type { EncodedField, FieldEdit, OpenPartitionTable, RebuildOutcome, RebuildRequest } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, NamedRange, PartitionOperation, StructureInstance, TableLayout } from '@diskwright/sdk/protocol';
import { editTable } from './edit/editTable';
import { placedStructures, structureInstance } from './placedStructures';
import { layoutOf, readTable, type FoundTable } from './readTable';
import { rebuildTable } from './rebuild/rebuildTable';
import { tableSignatures } from './signatures';

/** An open GPT or MBR. Holds what was read when it was opened: the lease keeps writers out for as long. */
export class OpenGptMbr implements OpenPartitionTable {
  private constructor(
    private readonly found: FoundTable,
    private readonly deviceSectorSize: 512 | 4096,
  ) {}

  /** @throws DamagedStructureError when the device has no GPT or MBR, not even a damaged one */
  static async open(source: BlockSource, signal: AbortSignal): Promise<OpenGptMbr> {
    const found = await readTable(source, signal);
    if (!found)
      throw new DamagedStructureError('partition table', 'the device has neither a GPT nor an MBR', { offset: 0, length: 512 });
    return new OpenGptMbr(found, source.sectorSize);
  }

  async read(): Promise<TableLayout> {
    return layoutOf(this.found, this.deviceSectorSize);
  }

  async rebuild(request: RebuildRequest, signal: AbortSignal): Promise<RebuildOutcome> {
    return rebuildTable(this.found, request, signal);
  }

  async edit(operations: readonly PartitionOperation[], signal: AbortSignal): Promise<RebuildOutcome> {
    return editTable(this.found.table, operations, this.deviceSectorSize, signal);
  }

  async signatures(): Promise<NamedRange[]> {
    return tableSignatures(this.found);
  }

  *structures(_signal: AbortSignal, range?: ByteRange): Generator<StructureInstance> {
    for (const structure of placedStructures(this.found.table)) {
      const place = { offset: structure.offset, length: structure.layout.size };
      if (!range || rangesMeet(place, range)) yield structureInstance(structure);
    }
  }

  /**
   * The bytes of one field, nothing else: after a change inside a GPT header or entry the checksums that cover it are fields that need an edit of their
   * own (`entryArrayCrc32`, then `headerCrc32`, in both copies).
   * @throws InvalidInputError when there is no such structure or field, or the text is no value of it
   */
  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    return encodePlacedField(placedStructures(this.found.table), edit);
  }
}

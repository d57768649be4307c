import type { RebuildOutcome, RebuildRequest } from '@diskwright/sdk';
import { FailedError } from '@diskwright/sdk/errors';
import { rebuildGpt } from '../gpt/rebuildGpt';
import { rebuildMbr } from '../mbr/rebuildMbr';
import { layoutOf, readTable, type FoundTable } from '../readTable';
import { refuseOtherSectorSize } from './changedSpans';
import { WrittenSource } from './writtenSource';

/**
 * The table's bytes for another device, or the same one, and the layout they make, which is read back from those bytes. Every structure of the table
 * is written whole, in commit order.
 * @throws RefusedError when the partitions do not fit or the table cannot be relied on; InvalidInputError for malformed changes; NotSupportedError for
 *   tables too large to handle
 */
export async function rebuildTable({ table }: FoundTable, request: RebuildRequest, signal: AbortSignal): Promise<RebuildOutcome> {
  const { size, sectorSize } = request.target;
  refuseOtherSectorSize(table.sectorSize, sectorSize);
  const { writes, warnings } = table.kind === 'gpt' ? rebuildGpt(table, request) : rebuildMbr(table, request);
  const result = await readTable(new WrittenSource(writes, size, sectorSize), signal);
  if (result?.table.kind !== table.kind)
    throw new FailedError('the rebuilt table would not be recognised as one; nothing was written');
  return { writes, layout: layoutOf(result, sectorSize), warnings };
}

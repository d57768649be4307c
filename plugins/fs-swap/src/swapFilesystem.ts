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
import { DamagedStructureError, RefusedError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange, FilesystemInfo, Finding, Generation, NamedRange, StructureInstance } from '@diskwright/sdk/protocol';
import { SWAP_HEADER_OFFSET, swapSignature } from './structures/swapHeader';
import { readSwapArea, type SwapArea } from './swapArea';

const NO_UUID = '00000000-0000-0000-0000-000000000000';

/** An open swap area. Nothing in it but its first page means anything, unless a system is hibernated in it. */
export class SwapFilesystem implements Filesystem {
  private constructor(
    private readonly source: BlockSource,
    private readonly area: SwapArea,
  ) {}

  /** @throws DamagedStructureError when there is no swap area */
  static async open(source: BlockSource, signal: AbortSignal): Promise<SwapFilesystem> {
    const area = await readSwapArea(source, signal);
    if (!area) throw new DamagedStructureError('swap signature', 'no swap signature at the end of a first page', { offset: 0 });
    return new SwapFilesystem(source, area);
  }

  async info(): Promise<FilesystemInfo> {
    const { header, hibernatedBy, pageBytes, size, signature } = this.area;
    // libblkid: garbage in the padding means that label and UUID are garbage, too.
    const named = header !== null && header.padding[32] === 0 && header.padding[33] === 0;
    const details: [string, string][] = [
      ['signature', signature],
      ['page size', `${pageBytes} bytes`],
    ];
    if (header) details.push(['pages', String(header.lastPage)], ['bad pages', String(header.badPageCount)]);
    if (hibernatedBy) details.push(['hibernated by', hibernatedBy]);
    return {
      type: hibernatedBy === null ? 'swap' : 'swsuspend',
      label: named && header.label !== '' ? header.label : null,
      uuid: named && header.uuid !== NO_UUID ? header.uuid : null,
      size,
      used: hibernatedBy === null ? pageBytes : null,
      blockSize: pageBytes,
      clean: hibernatedBy === null,
      sectorSize: null,
      features: [],
      details,
    };
  }

  async allocation(): Promise<AllocationResult> {
    const { hibernatedBy } = this.area;
    if (hibernatedBy === null) return { confidence: 'exact', extents: ExtentList.fromRanges([this.headerPage()]), reasons: [] };
    const reason = `the swap area holds a system that was hibernated by ${hibernatedBy}: all of it is copied; it must not be resumed from a copy`;
    return { confidence: 'unknown', extents: null, reasons: [reason] };
  }

  async commitExtents(): Promise<ByteRange[]> {
    return [this.headerPage()];
  }

  async generation(signal: AbortSignal): Promise<Generation> {
    return computeGeneration(this.source, [this.headerPage()], signal);
  }

  async signatures(): Promise<NamedRange[]> {
    const { signatureOffset, signature, tuxOnIce } = this.area;
    const marks = [{ offset: signatureOffset, length: swapSignature.size, name: signature }];
    return tuxOnIce ? [{ offset: 0, length: 8, name: 'TuxOnIce' }, ...marks] : marks;
  }

  /** Nothing in a swap area depends on its place or sector size. @throws RefusedError when the new place is smaller than the header says */
  async relocate(target: RelocateTarget): Promise<RelocateResult> {
    const needed = Math.min(this.area.size, this.source.size);
    if (target.newSize < needed) {
      throw new RefusedError(`the swap area spans ${needed} bytes, but its new place has only ${target.newSize}`, {
        todo: 'choose a larger target, or make a new swap area there with mkswap',
      });
    }
    if (this.area.hibernatedBy === null) return { writes: [], warnings: [] };
    const warning = `the swap area holds a hibernated system (${this.area.hibernatedBy}); resuming it from another place can destroy the filesystems that it had mounted`;
    return { writes: [], warnings: [warning] };
  }

  async *structures(signal: AbortSignal): AsyncGenerator<StructureInstance> {
    const page = await this.source.read(0, this.area.pageBytes, signal);
    if (this.area.header) yield this.area.layout.instance(page, SWAP_HEADER_OFFSET, SWAP_HEADER_OFFSET, 'swap.header');
    yield swapSignature.instance(page, this.area.signatureOffset, this.area.signatureOffset, 'swap.signature');
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    const { layout, signatureOffset } = this.area;
    const placed = [
      { layout, offset: SWAP_HEADER_OFFSET },
      { layout: swapSignature, offset: signatureOffset },
    ];
    return encodePlacedField(placed, edit);
  }

  async check(): Promise<Finding[]> {
    const { header, layout, size, hibernatedBy, signatureOffset } = this.area;
    const findings: Finding[] = [];
    const range = layout.range('lastPage');
    if (header && size > this.source.size) {
      findings.push({
        severity: 'error',
        code: 'swap.size',
        message: `the swap area spans ${size} bytes, but its volume has only ${this.source.size}`,
        ranges: [{ offset: SWAP_HEADER_OFFSET + range.offset, length: range.length }],
        todo: 'make it again with mkswap; Linux refuses it like this',
      });
    }
    if (hibernatedBy !== null) {
      findings.push({
        severity: 'warning',
        code: 'swap.hibernated',
        message: `the swap area holds a system that was hibernated by ${hibernatedBy}`,
        ranges: [{ offset: signatureOffset, length: swapSignature.size }],
        todo: 'resume and shut that system down before its disk is copied or changed',
      });
    }
    return findings;
  }

  private headerPage(): ByteRange {
    return { offset: 0, length: this.area.pageBytes };
  }
}

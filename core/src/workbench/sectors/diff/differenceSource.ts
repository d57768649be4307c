import type { ByteRange } from '@diskwright/sdk/protocol';
import type { SectorDocument } from '../data/sectorDocument';
import { DocumentSource, thinned } from '../editor/documentSource';
import type { Decoration, Mark, Note } from '../grid/gridSource';
import { meeting } from '../model/sortedRanges';
import type { Sectors } from '../sectors';

/** One side of a comparison: the device's bytes with the differences marked, and without the colours of fields, which would hide them. */
export class DifferenceSource extends DocumentSource {
  /** @param start where the comparison begins on this side */
  constructor(
    document: SectorDocument,
    sectors: Sectors,
    private readonly start: number,
    private readonly differences: () => readonly ByteRange[],
  ) {
    super(document, sectors);
  }

  override decorations(range: ByteRange): Decoration[] {
    const own = super.decorations(range).filter(({ kind }) => kind !== 'field' && kind !== 'currentField');
    const moved = { offset: range.offset - this.start, length: range.length };
    const found = meeting(this.differences(), moved);
    return [
      ...own,
      ...found.map(({ offset, length }): Decoration => ({ offset: offset + this.start, length, kind: 'difference' })),
    ];
  }

  override marks(): readonly Mark[] {
    const differences = thinned(this.differences());
    return [
      ...super.marks(),
      ...differences.map(({ offset, length }): Mark => ({ offset: offset + this.start, length, kind: 'difference' })),
    ];
  }

  /** Two sides leave no room for them. */
  override notes(): readonly Note[] {
    return [];
  }

  override describe(offset: number): string {
    const differs = meeting(this.differences(), { offset: offset - this.start, length: 1 }).length > 0;
    return [differs ? 'differs' : '', super.describe(offset)].filter(Boolean).join(', ');
  }
}

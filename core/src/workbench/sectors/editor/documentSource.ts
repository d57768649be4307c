import type { ByteRange } from '@diskwright/sdk/protocol';
import { printable } from '../../../common/text/printable';
import { Disposables, Emitter, type Disposable } from '../../api';
import type { PlacedStructure } from '../data/structureCache';
import { pagesFor } from '../data/pageCache';
import type { SectorDocument } from '../data/sectorDocument';
import type { Decoration, GridSource, Mark, Note } from '../grid/gridSource';
import { toneSigns } from '../grid/palette';
import { meeting, overlap } from '../model/sortedRanges';
import type { Sectors } from '../sectors';

/** Fields are coloured in turn; tones beyond are kept for bookmarks. */
const fieldTones = 6;
/** Structures are asked for when scrolling rests. */
const restMilliseconds = 120;

/** A device's bytes for a grid, with structures, findings, bookmarks and hits at them. */
export class DocumentSource implements GridSource, Disposable {
  private readonly owned = new Disposables();
  private readonly emitter = this.owned.add(new Emitter<void>());
  private structureTimer: ReturnType<typeof setTimeout> | undefined;
  private marksKnown: Mark[] | null = null;
  readonly onDidChange = this.emitter.event;
  /** Where the cursor is: its field stands out. */
  cursor = 0;

  constructor(
    readonly document: SectorDocument,
    private readonly sectors: Sectors,
  ) {
    const changed = (): void => {
      this.marksKnown = null;
      this.emitter.fire();
    };
    this.owned.add(document.onDidChange(changed));
    this.owned.add(document.structureList.onDidChange(changed));
    this.owned.add(sectors.bookmarks.onDidChange(changed));
    this.owned.add(sectors.search.onDidChange(changed));
  }

  get size(): number {
    return this.document.device.size;
  }

  get sectorSize(): number {
    return this.document.device.sectorSize;
  }

  get partitions() {
    return this.document.partitions;
  }

  get waiting() {
    return this.document.cache.waiting;
  }

  get isPaused(): boolean {
    return this.document.cache.isPaused;
  }

  copy(range: ByteRange, bytes: Uint8Array, states: Uint8Array): void {
    this.document.copy(range, bytes, states);
  }

  want(visible: ByteRange, bytesPerSecond: number): void {
    this.document.cache.want(this, pagesFor(visible, bytesPerSecond));
    clearTimeout(this.structureTimer);
    this.structureTimer = setTimeout(() => this.document.structures.want(this, visible), restMilliseconds);
  }

  cancel(): void {
    this.document.cache.cancel();
    this.emitter.fire();
  }

  resume(): void {
    this.document.cache.resume();
    this.emitter.fire();
  }

  errorAt(offset: number): string | null {
    return this.document.errorAt(offset);
  }

  decorations(range: ByteRange): Decoration[] {
    const found: Decoration[] = [];
    const current = this.document.structures.at(this.cursor);
    for (const placed of this.document.structures.meeting(range))
      this.addFields(placed, range, current?.field?.offset ?? -1, found);
    for (const { ranges } of this.findings(range)) {
      for (const place of ranges) found.push({ ...place, kind: 'finding' });
    }
    for (const { offset, length, tone } of this.sectors.bookmarks.of(this.document.key)) {
      if (overlap({ offset, length }, range)) found.push({ offset, length, kind: 'bookmark', tone });
    }
    const { search } = this.sectors;
    if (search.path === this.document.device.path) {
      for (const hit of meeting(search.hits, range)) {
        found.push({ offset: hit.offset, length: hit.length, kind: hit === search.current ? 'currentHit' : 'hit' });
      }
    }
    return found;
  }

  marks(): readonly Mark[] {
    return (this.marksKnown ??= this.collectMarks());
  }

  /** Fields with their values, bookmarks and findings that begin in a range. */
  notes(range: ByteRange): readonly Note[] {
    const isIn = ({ offset }: ByteRange): boolean => offset >= range.offset && offset < range.offset + range.length;
    const notes = this.document.structures.meeting(range).flatMap((placed) => this.fieldNotes(placed, isIn));
    for (const bookmark of this.sectors.bookmarks.of(this.document.key).filter(isIn)) {
      const { offset, length, tone, name, note } = bookmark;
      const text = printable(note ? `${name}: ${note}` : name);
      notes.push({ offset, length, tone, sign: toneSigns[tone % toneSigns.length]!, text, isCurrent: false });
    }
    for (const { message, ranges } of this.findings(range)) {
      for (const place of ranges.filter(isIn)) {
        notes.push({ ...place, tone: null, sign: '!', text: printable(message), isCurrent: false });
      }
    }
    return notes.sort((left, right) => left.offset - right.offset);
  }

  private fieldNotes(placed: PlacedStructure, isIn: (leaf: ByteRange) => boolean): Note[] {
    const { structure, leaves } = placed;
    const shift = toneShift(structure);
    return leaves.filter(isIn).map(({ offset, length, path, field, index }) => {
      const staged = this.document.judge.stagedValue(structure.name, path, offset);
      const value = staged === null ? field.value : `${field.value} → ${staged}`;
      const isCurrent = this.cursor >= offset && this.cursor < offset + length;
      return {
        offset,
        length,
        tone: (index + shift) % fieldTones,
        sign: '▪',
        text: printable(`${path.join('.')} ${value}`),
        isCurrent,
      };
    });
  }

  /** `field OEM name, finding: the checksum is wrong` */
  describe(offset: number): string {
    const at = this.document.structures.at(offset);
    const words = at ? [at.field ? `field ${at.field.path.join('.')}` : at.placed.structure.name] : [];
    const findings = this.findings({ offset, length: 1 }).map(({ message }) => `finding: ${message}`);
    const bookmarks = this.sectors.bookmarks
      .of(this.document.key)
      .filter((bookmark) => overlap(bookmark, { offset, length: 1 }))
      .map(({ name }) => `bookmark ${name}`);
    return printable([...words, ...findings, ...bookmarks].join(', '));
  }

  dispose(): void {
    clearTimeout(this.structureTimer);
    this.document.cache.leave(this);
    this.document.structures.leave(this);
    this.owned.dispose();
  }

  private addFields({ structure, leaves }: PlacedStructure, range: ByteRange, current: number, found: Decoration[]): void {
    const shift = toneShift(structure);
    for (const leaf of leaves) {
      if (!overlap(leaf, range)) continue;
      const kind = leaf.offset === current ? 'currentField' : 'field';
      found.push({ offset: leaf.offset, length: leaf.length, kind, tone: (leaf.index + shift) % fieldTones });
    }
  }

  /** Of the layout, the staged edits, and the structures that are known here. */
  private findings(range: ByteRange) {
    const structures = this.document.structures.meeting(range).flatMap(({ structure }) => structure.findings);
    return [...this.document.findings, ...structures].filter(({ ranges }) => ranges.some((place) => overlap(place, range)));
  }

  private collectMarks(): Mark[] {
    const { document, sectors } = this;
    const { search } = sectors;
    const marks: Mark[] = document.partitions.map(({ start, size }) => ({ offset: start, length: size, kind: 'partition' }));
    for (const { offset, length } of document.tableStructures) marks.push({ offset, length, kind: 'structure' });
    for (const { offset, length } of document.structureList.entries) marks.push({ offset, length, kind: 'structure' });
    for (const { offset, length, tone } of sectors.bookmarks.of(document.key))
      marks.push({ offset, length, kind: 'bookmark', tone });
    if (search.path === document.device.path) {
      for (const { offset, length } of thinned(search.hits)) marks.push({ offset, length, kind: 'hit' });
    }
    for (const { offset, after } of document.edits.runs()) marks.push({ offset, length: after.length, kind: 'staged' });
    for (const { ranges } of document.findings) for (const place of ranges) marks.push({ ...place, kind: 'finding' });
    return marks;
  }
}

/** Neighbouring structures of one kind, such as inodes, begin with different tones. */
const toneShift = ({ offset, length }: ByteRange): number => Math.floor(offset / Math.max(1, length));

const marksShown = 2000;

/** As many as a scrollbar can tell apart, evenly. */
export function thinned<T>(items: readonly T[]): T[] {
  const step = Math.max(1, Math.ceil(items.length / marksShown));
  return step === 1 ? [...items] : items.filter((_, index) => index % step === 0);
}

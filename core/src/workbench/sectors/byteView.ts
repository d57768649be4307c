import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Event } from '../api';
import type { SectorDocument } from './data/sectorDocument';
import type { Typing } from './editor/typing';
import type { GridPane } from './grid/gridMetrics';
import type { SectorGrid } from './grid/sectorGrid';
import type { Selection } from './model/selection';
import type { ActiveChange } from './sectors';

/** Bytes of a device with a cursor in them, which commands and views mean: a sector editor, or a side of a comparison. */
export interface ByteView {
  /** Null until it is open. */
  readonly document: SectorDocument | null;
  readonly grid: SectorGrid | null;
  readonly selection: Selection;
  /** The selected bytes, the cursor's at least. */
  readonly range: ByteRange;
  readonly column: GridPane;
  /** What writes over its bytes; null where that cannot be. */
  readonly typing: Typing | null;
  /** What its device is called. */
  readonly label: string;
  readonly path: string;
  /** The editor that it is, or that it is in. */
  readonly pane: object;
  /** What it shows, and where its cursor is. */
  readonly onDidChange: Event<ActiveChange>;
  /** Selects a range and shows it; kept in the history. */
  goTo(range: ByteRange): void;
  goBack(): void;
  goForward(): void;
  /** Shows the device that its path names now, after it named another. */
  reopen(): void;
}

import type { ByteRange } from '@diskwright/sdk/protocol';
import { Disposables, Emitter, type Disposable } from '../../api';
import { printable } from '../../../common/text/printable';
import type { ByteView } from '../byteView';
import type { SectorDocument } from '../data/sectorDocument';
import { gridSettings } from '../editor/settings';
import type { GridPane } from '../grid/gridMetrics';
import { SectorGrid } from '../grid/sectorGrid';
import { hexOffset } from '../model/offsetFormat';
import { selectedRange, type Selection } from '../model/selection';
import type { ActiveChange, Sectors } from '../sectors';
import { DifferenceSource } from './differenceSource';

/** One side of a comparison: a device from an offset on. Commands and views mean it while it has the focus; nothing is typed over it. */
export class DiffSide implements ByteView, Disposable {
  readonly element = window.document.createElement('section');
  readonly grid: SectorGrid;
  readonly typing = null;
  private readonly owned = new Disposables();
  private readonly emitter = this.owned.add(new Emitter<ActiveChange>());
  readonly onDidChange = this.emitter.event;

  /** @param start where the comparison begins on this side; @param differences offsets from there */
  constructor(
    private readonly sectors: Sectors,
    readonly pane: object,
    readonly document: SectorDocument,
    readonly start: number,
    differences: () => readonly ByteRange[],
    private readonly onReopen: () => void,
  ) {
    const source = this.owned.add(new DifferenceSource(document, sectors, start, differences));
    const path = printable(this.path);
    this.grid = this.owned.add(new SectorGrid(source, `Bytes of ${path}`, gridSettings(sectors.workbench.settings)));
    this.grid.setReadOnly(true);
    this.element.className = 'dw-sectors-side';
    this.element.setAttribute('aria-label', path);
    const heading = window.document.createElement('h3');
    heading.textContent = `${this.label}${start ? `, from ${hexOffset(start)}` : ''}`;
    this.element.append(heading, this.grid.element);
    this.element.addEventListener('focusin', () => sectors.activate(this));
    this.owned.add(
      this.grid.onDidChangeSelection(() => {
        source.cursor = this.selection.cursor;
        this.emitter.fire('selection');
      }),
    );
    this.owned.add(this.grid.onDidScroll(() => this.emitter.fire('scroll')));
    this.owned.add(document.onDidChange(() => this.emitter.fire('document')));
    this.owned.add(this.grid.onDidAskForMenu((at) => sectors.workbench.menus.showContext('context:sectors', at)));
  }

  get selection(): Selection {
    return this.grid.selection;
  }

  get range(): ByteRange {
    return selectedRange(this.selection);
  }

  get column(): GridPane {
    return this.grid.pane;
  }

  get label(): string {
    return this.sectors.workbench.devices.label(this.path);
  }

  get path(): string {
    return this.document.device.path;
  }

  goTo(range: ByteRange): void {
    this.grid.select(range);
  }

  goBack(): void {
    void this.sectors.workbench.commands.run('go.back');
  }

  goForward(): void {
    void this.sectors.workbench.commands.run('go.forward');
  }

  reopen(): void {
    this.onReopen();
  }

  dispose(): void {
    this.sectors.forget(this);
    this.owned.dispose();
    this.element.remove();
  }
}

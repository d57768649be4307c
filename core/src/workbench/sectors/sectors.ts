import { Emitter, type Disposable, type Workbench } from '../api';
import { Bookmarks } from './data/bookmarks';
import { type BytePlace, CursorOwners } from './data/cursorOwners';
import { SectorDocuments } from './data/sectorDocuments';
import type { ByteView } from './byteView';
import { SearchRun } from './search/searchRun';

/** What changed at the active editor. */
export type ActiveChange = 'editor' | 'document' | 'selection' | 'scroll';

/** What the editors, views and commands of sectors share. */
export class Sectors {
  readonly documents: SectorDocuments;
  readonly bookmarks: Bookmarks;
  /** The search whose hits are shown. */
  readonly search: SearchRun;
  /** Of the byte at the cursor of the active editor. */
  readonly owners: CursorOwners;
  private activeNow: ByteView | null = null;
  private following: Disposable | null = null;
  private readonly emitter = new Emitter<ActiveChange>();
  /** Of the active editor: which one it is, what it shows, where its cursor is. */
  readonly onDidChangeActive = this.emitter.event;

  constructor(readonly workbench: Workbench) {
    this.documents = new SectorDocuments(workbench);
    this.bookmarks = new Bookmarks(workbench.state);
    this.search = new SearchRun(workbench);
    this.owners = new CursorOwners(workbench.host);
    this.onDidChangeActive((change) => {
      if (change !== 'scroll') this.owners.follow(this.cursorPlace());
    });
    this.bookmarks.onDidChange(() => this.emitter.fire('document'));
  }

  /** The one that was used last, as long as it is open; also while a view has the focus. */
  get active(): ByteView | null {
    return this.activeNow;
  }

  activate(view: ByteView | null): void {
    if (view === this.activeNow) return;
    this.following?.dispose();
    this.following = view?.onDidChange((change) => this.emitter.fire(change)) ?? null;
    this.activeNow = view;
    this.emitter.fire('editor');
  }

  private cursorPlace(): BytePlace | null {
    const { document, selection } = this.activeNow ?? {};
    return document && selection ? { deviceId: document.device.deviceId, offset: selection.cursor } : null;
  }

  /** To be called when one is gone. */
  forget(view: ByteView): void {
    if (this.activeNow === view) this.activate(null);
  }

  /** Opens a place of a device, or shows it in the editor that is open. */
  open(path: string, params?: SectorParams): Promise<unknown> {
    return this.workbench.editors.open({ type: 'sectors', key: path, params });
  }
}

/** Where an editor of sectors is to go; offsets from the start of the device. */
export interface SectorParams {
  offset?: number;
  /** Selects so many bytes. */
  length?: number;
  /** A partition's number: `offset` then counts from its start. */
  volume?: number;
}

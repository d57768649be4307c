import { Disposables, Emitter, type Disposable, type Workbench } from '../api';
import { Bookmarks } from './data/bookmarks';
import { SectorDocuments } from './data/sectorDocuments';
import type { SectorEditor } from './editor/sectorEditor';
import { SearchRun } from './search/searchRun';

/** What changed at the active editor. */
export type ActiveChange = 'editor' | 'document' | 'selection' | 'scroll';

/** What the editors, views and commands of sectors share. */
export class Sectors {
  readonly documents: SectorDocuments;
  readonly bookmarks: Bookmarks;
  /** The search whose hits are shown. */
  readonly search: SearchRun;
  private activeNow: SectorEditor | null = null;
  private following: Disposable | null = null;
  private readonly emitter = new Emitter<ActiveChange>();
  /** Of the active editor: which one it is, what it shows, where its cursor is. */
  readonly onDidChangeActive = this.emitter.event;

  constructor(readonly workbench: Workbench) {
    this.documents = new SectorDocuments(workbench);
    this.bookmarks = new Bookmarks(workbench.state);
    this.search = new SearchRun(workbench);
    this.bookmarks.onDidChange(() => this.emitter.fire('document'));
  }

  /** The sector editor that was used last, as long as it is open; also while a view has the focus. */
  get active(): SectorEditor | null {
    return this.activeNow;
  }

  activate(editor: SectorEditor | null): void {
    if (editor === this.activeNow) return;
    this.following?.dispose();
    this.following = null;
    this.activeNow = editor;
    if (editor) {
      const following = new Disposables();
      following.add(editor.onDidChange((change) => this.emitter.fire(change)));
      const forget = (): void => {
        if (this.activeNow === editor) this.activate(null);
      };
      editor.disposed.connect(forget);
      following.add({ dispose: () => void editor.disposed.disconnect(forget) });
      this.following = following;
    }
    this.emitter.fire('editor');
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

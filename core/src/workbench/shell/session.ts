import type { DockLayout, DockPanel } from '@lumino/widgets';
import type { EditorInput, EditorPane, StateService } from '../api';
import type { Editors } from '../services/editors';
import type { EditorDock } from './editorDock';
import type { Frame, FrameState } from './frame';

type Area = DockLayout.AreaConfig;

interface SavedEditor {
  input: EditorInput;
  state?: unknown;
  preview?: boolean;
}
type SavedArea =
  | { type: 'tabs'; editors: SavedEditor[]; current: number }
  | { type: 'split'; orientation: 'horizontal' | 'vertical'; sizes: number[]; children: SavedArea[] };

/** What is kept of a window for the next session. */
export interface SavedSession {
  frame: Partial<FrameState>;
  views: { sidebar: string | null; secondary: string | null; panel: string | null };
  editors: SavedArea | null;
  active: number;
}

const STATE_KEY = 'layout';

/** How this window was before a reload; for a new one, how the window was that changed last. */
export async function readSession(state: StateService): Promise<SavedSession | null> {
  const own = sessionStorage.getItem(STATE_KEY);
  return own === null ? state.read<SavedSession>(STATE_KEY) : (JSON.parse(own) as SavedSession);
}

export function writeSession(
  state: StateService,
  { frame, views, dock, editors }: { frame: Frame; views: SavedSession['views']; dock: EditorDock; editors: Editors },
): void {
  const { main } = dock.panel.saveLayout();
  const order: EditorPane[] = [];
  const saved = main ? saveArea(main, editors, order) : null;
  const session: SavedSession = {
    frame: frame.save(),
    views,
    editors: saved,
    active: editors.active ? order.indexOf(editors.active) : -1,
  };
  state.write(STATE_KEY, session);
  keepOwn(JSON.stringify(session));
}

/** The browser's session storage is a window's own, and goes with it. */
function keepOwn(session: string): void {
  try {
    sessionStorage.setItem(STATE_KEY, session);
  } catch {
    // Larger than the browser allows: after a reload it is as the window that changed last.
    sessionStorage.removeItem(STATE_KEY);
  }
}

/** Opens the editors of an earlier session; answers the one that was active. */
export function restoreEditors(saved: SavedSession, dock: EditorDock, editors: Editors): EditorPane | null {
  if (!saved.editors) return null;
  const order: EditorPane[] = [];
  const main = restoreArea(saved.editors, dock, editors, order);
  if (!main) return null;
  dock.panel.restoreLayout({ main } satisfies DockPanel.ILayoutConfig);
  return order[saved.active] ?? order[0] ?? null;
}

function saveArea(area: Area, editors: Editors, order: EditorPane[]): SavedArea {
  if (area.type === 'split-area') {
    const { orientation, sizes, children } = area;
    return { type: 'split', orientation, sizes, children: children.map((child) => saveArea(child, editors, order)) };
  }
  const panes = area.widgets as EditorPane[];
  order.push(...panes);
  return {
    type: 'tabs',
    current: area.currentIndex,
    editors: panes.map((pane) => ({ input: pane.input, state: saveState(pane), preview: editors.isPreview(pane) || undefined })),
  };
}

function restoreArea(saved: SavedArea, dock: EditorDock, editors: Editors, order: EditorPane[]): Area | null {
  if (saved.type === 'split') {
    const children = saved.children.map((child) => restoreArea(child, dock, editors, order));
    const kept = children.filter((child) => child !== null);
    if (kept.length < 2) return kept[0] ?? null;
    const sizes = saved.sizes.filter((_size, index) => children[index] !== null);
    return { type: 'split-area', orientation: saved.orientation, sizes, children: kept };
  }
  const widgets = saved.editors.map(({ input, state, preview }) => {
    const pane = editors.create(input, state ?? null);
    dock.adopt(pane);
    if (preview) editors.setPreview(pane);
    return pane;
  });
  order.push(...widgets);
  return widgets.length === 0 ? null : { type: 'tab-area', widgets, currentIndex: saved.current };
}

/** An editor that cannot say where it stands is opened anew at its beginning. */
function saveState(pane: EditorPane): unknown {
  try {
    return pane.saveState?.();
  } catch {
    return undefined;
  }
}

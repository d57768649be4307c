import type { EditorPane, StateService } from '../api';
import type { HostLink } from '../connection/hostLink';
import type { Commands } from '../services/commands';
import type { ContextKeys } from '../services/contextKeys';
import type { Editors } from '../services/editors';
import type { Menus } from '../services/menus/menus';
import type { StatusItems } from '../services/statusItems';
import type { Views } from '../services/views';
import { ActivityBar } from './activityBar';
import { ConnectionBanner } from './connectionBanner';
import { EditorDock } from './editorDock';
import { Frame } from './frame';
import { WorkbenchMenuBar } from './menuBar';
import { readSession, restoreEditors, type SavedSession, writeSession } from './session';
import './shell.css';
import { StatusBar } from './statusBar';
import { ViewPart } from './viewPart';
import { WidgetHost } from './widgetHost';

export interface ShellServices {
  link: HostLink;
  commands: Commands;
  context: ContextKeys;
  menus: Menus;
  editors: Editors;
  views: Views;
  statusItems: StatusItems;
  state: StateService;
}
export type PartName = 'sidebar' | 'secondary' | 'panel';

/** The window: its parts, where they stand, and what of that is kept for the next session. */
export class Shell {
  readonly dock: EditorDock;
  private readonly frame: Frame;
  private readonly menuBar: WorkbenchMenuBar;
  private readonly activityBar: ActivityBar;
  private readonly statusBar: StatusBar;
  private readonly parts: Record<PartName, ViewPart>;
  private readonly editorHost: WidgetHost;
  private restored = false;
  /** Whether there was something to show beside the editors. */
  private secondaryApplies = true;

  constructor(private readonly services: ShellServices) {
    const { views, menus, context, statusItems, commands, link } = services;
    const frameOf = (part: PartName) => ({
      isVisible: () => this.frame?.isVisible(part) ?? false,
      setVisible: (visible: boolean) => this.setVisible(part, visible),
    });
    this.dock = new EditorDock(services);
    this.menuBar = new WorkbenchMenuBar(menus, () => context.focused);
    this.statusBar = new StatusBar(statusItems, commands);
    this.parts = {
      sidebar: new ViewPart('sidebar', 'Side bar', services, frameOf('sidebar')),
      secondary: new ViewPart('secondary', 'Secondary side bar', services, frameOf('secondary')),
      panel: new ViewPart('panel', 'Panel', services, frameOf('panel')),
    };
    this.activityBar = new ActivityBar(
      views,
      () => (this.isVisible('sidebar') ? this.parts.sidebar.current : null),
      (id) => this.chooseView(id),
      (at) => menus.showContext('manage', at),
    );
    const editors = document.createElement('main');
    editors.className = 'dw-editor-area';
    editors.setAttribute('aria-label', 'Editors');
    this.editorHost = new WidgetHost(editors);
    this.frame = new Frame(
      {
        menuBar: this.menuBar.element,
        banner: new ConnectionBanner(link).element,
        activityBar: this.activityBar.element,
        sidebar: this.parts.sidebar.element,
        editors,
        panel: this.parts.panel.element,
        secondary: this.parts.secondary.element,
        statusBar: this.statusBar.element,
      },
      () => this.save(),
    );
    context.bind(editors, () => ({ editorFocus: true }));
    this.dock.panel.layoutModified.connect(() => this.save());
    services.editors.onDidChange(() => this.save());
    services.editors.onDidChangeActive((pane) => this.onActive(pane));
    for (const event of [context.onDidChange, views.onDidChange]) event(() => this.fitSecondary());
    addEventListener('pagehide', () => this.save());
  }

  /** Puts the window onto the page. */
  async attach(parent: HTMLElement, restore: boolean): Promise<void> {
    parent.replaceChildren(this.frame.element);
    this.menuBar.attach();
    this.editorHost.show(this.dock.panel);
    const saved = restore ? await readSession(this.services.state).catch(() => null) : null;
    if (saved) this.restore(saved);
    this.fitSecondary();
    for (const part of Object.values(this.parts)) part.update();
    this.tellVisible();
    this.activityBar.update();
    this.statusBar.update();
    this.restored = true;
  }

  isVisible(part: PartName): boolean {
    return this.frame.isVisible(part);
  }

  setVisible(part: PartName, visible: boolean): void {
    const hadFocus = this.parts[part].element.contains(document.activeElement);
    this.frame.setVisible(part, visible);
    this.parts[part].update();
    this.activityBar.update();
    this.tellVisible();
    if (!visible && hadFocus) this.dock.focus();
  }

  toggle(part: PartName): void {
    const visible = !this.isVisible(part);
    this.setVisible(part, visible);
    if (visible) this.parts[part].focus();
  }

  /** Moves the focus to the next of the window's parts, or the one before. */
  cycleFocus(step: 1 | -1): void {
    const stops = this.focusStops();
    const at = stops.findIndex(({ element }) => element.contains(document.activeElement));
    stops[(at + step + stops.length) % stops.length]!.focus();
  }

  focusMenuBar(): void {
    this.menuBar.focus();
  }

  focusPart(part: PartName): void {
    this.setVisible(part, true);
    this.parts[part].focus();
  }

  focusStatusBar(): void {
    this.statusBar.focus();
  }

  /** Gathers what the next session shall find. */
  save(): void {
    if (!this.restored) return;
    const { state, editors } = this.services;
    const { sidebar, secondary, panel } = this.parts;
    const views = { sidebar: sidebar.current, secondary: secondary.current, panel: panel.current };
    writeSession(state, { frame: this.frame, views, dock: this.dock, editors });
  }

  private restore(saved: SavedSession): void {
    this.frame.restore(saved.frame ?? {});
    for (const part of ['sidebar', 'secondary', 'panel'] as const) this.parts[part].select(saved.views?.[part] ?? null);
    const active = restoreEditors(saved, this.dock, this.services.editors);
    if (active) this.dock.show(active, nothingHasFocus());
  }

  private chooseView(id: string): void {
    const { sidebar } = this.parts;
    if (sidebar.current === id && this.isVisible('sidebar')) this.setVisible('sidebar', false);
    else {
      sidebar.show(id);
      sidebar.focus();
    }
  }

  private onActive(pane: EditorPane | null): void {
    const { context } = this.services;
    context.set('activeEditor', pane?.input.type ?? null);
    document.title = pane ? `${pane.title.label} – Diskwright` : 'Diskwright';
    this.save();
  }

  /** The bar beside the editors goes when none of its views has anything to show, and comes back with what it shows. */
  private fitSecondary(): void {
    const { views, context } = this.services;
    const applies = views.at('secondary').some(({ view }) => context.matches(view.when));
    if (applies === this.secondaryApplies) return;
    this.secondaryApplies = applies;
    const wasVisible = this.isVisible('secondary');
    const hadFocus = this.parts.secondary.element.contains(document.activeElement);
    this.frame.setVacant('secondary', !applies);
    if (this.isVisible('secondary') === wasVisible) return;
    this.parts.secondary.update();
    this.tellVisible();
    if (hadFocus) this.dock.focus();
  }

  private tellVisible(): void {
    const { context } = this.services;
    context.set('sideBarVisible', this.isVisible('sidebar'));
    context.set('secondarySideBarVisible', this.isVisible('secondary'));
    context.set('panelVisible', this.isVisible('panel'));
    this.save();
  }

  private focusStops(): { element: HTMLElement; focus(): void }[] {
    const part = (name: PartName) =>
      this.isVisible(name) ? [{ element: this.parts[name].element, focus: () => this.parts[name].focus() }] : [];
    return [
      { element: this.activityBar.element, focus: () => this.activityBar.focus() },
      ...part('sidebar'),
      { element: this.editorHost.element, focus: () => this.dock.focus() },
      ...part('panel'),
      ...part('secondary'),
      { element: this.statusBar.element, focus: () => this.statusBar.focus() },
    ];
  }
}

/** What the user went to while the window came up, such as the palette, keeps the focus. */
export const nothingHasFocus = (): boolean => document.activeElement === document.body;

import type { Title, Widget } from '@lumino/widgets';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { printable } from '../../common/text/printable';
import {
  type DialogService,
  type Disposable,
  type EditorInput,
  type EditorPane,
  type EditorService,
  type EditorType,
  Emitter,
  type OpenOptions,
} from '../api';
import { ErrorWidget } from '../widgets/shared/errorWidget';

/** Where editors stand: the shell's dock. */
export interface EditorPlace {
  /** In the group of `beside`, or split off from it. Null for the first editor. */
  add(pane: EditorPane, beside: EditorPane | null, split: OpenOptions['split']): void;
  /** Shows it in its group. @param focus whether it gets the focus, too */
  show(pane: EditorPane, focus: boolean): void;
}

/** Shows an editor that could not be made. */
class ErrorPane extends ErrorWidget implements EditorPane {
  constructor(
    readonly input: EditorInput,
    error: unknown,
  ) {
    super(`This editor cannot be shown (${input.type})`, error);
    this.title.label = input.key.split('/').at(-1) || input.type;
    this.title.iconClass = 'codicon codicon-error';
    this.title.closable = true;
  }
}

/** Open editors, what is known of them, and how they are opened and closed. */
export class Editors implements EditorService {
  private readonly types = new Map<string, EditorType>();
  private readonly panes = new Set<EditorPane>();
  /** The order in which they were used, the last one at the end. */
  private used: EditorPane[] = [];
  private preview: EditorPane | null = null;
  private current: EditorPane | null = null;
  private place: EditorPlace | null = null;
  private readonly activeChanged = new Emitter<EditorPane | null>();
  readonly onDidChangeActive = this.activeChanged.event;
  private readonly changed = new Emitter<void>();
  /** Editors came, went or are no preview any more. */
  readonly onDidChange = this.changed.event;
  private readonly opened = new Emitter<EditorInput>();
  readonly onDidOpen = this.opened.event;

  constructor(
    private readonly dialogs: DialogService,
    private readonly report: (error: unknown) => void,
  ) {}

  register(type: EditorType): Disposable {
    if (this.types.has(type.type)) throw new InvalidInputError(`the editor ${type.type} is registered already`);
    this.types.set(type.type, type);
    return { dispose: () => void this.types.delete(type.type) };
  }

  get active(): EditorPane | null {
    return this.current;
  }

  all(): readonly EditorPane[] {
    return [...this.panes];
  }

  /** The last used first. */
  recent(): readonly EditorPane[] {
    return [...this.used].reverse();
  }

  isPreview(pane: EditorPane): boolean {
    return this.preview === pane;
  }

  setPlace(place: EditorPlace): void {
    this.place = place;
  }

  open(input: EditorInput, options: OpenOptions = {}): Promise<EditorPane> {
    return Promise.resolve(this.openNow(input, options));
  }

  /** Makes a pane without showing it: for restoring a session. */
  create(input: EditorInput, state: unknown): EditorPane {
    const pane = this.createPane(input, state);
    this.panes.add(pane);
    keepReadable(pane.title);
    this.used.unshift(pane);
    pane.disposed.connect(() => this.forget(pane));
    const keeping = pane.onDidChangeState?.(() => this.changed.fire());
    if (keeping) pane.disposed.connect(() => keeping.dispose());
    return pane;
  }

  async close(pane: EditorPane): Promise<boolean> {
    if (!this.panes.has(pane)) return true;
    const unsaved = pane.unsaved?.() ?? null;
    if (unsaved !== null) {
      this.place?.show(pane, false);
      const button = await this.dialogs.show({
        title: `Close ${pane.title.label}?`,
        body: unsaved,
        buttons: [
          { label: 'Keep open', kind: 'primary' },
          { label: 'Close anyway', kind: 'danger' },
        ],
      });
      if (button !== 1) return false;
    }
    const hadFocus = pane.node.contains(document.activeElement);
    pane.dispose();
    if (hadFocus || document.activeElement === document.body) this.current?.activate();
    return true;
  }

  /** The tab is no longer the one that the next preview replaces. */
  keep(pane: EditorPane): void {
    if (this.preview !== pane) return;
    this.preview = null;
    this.changed.fire();
  }

  setPreview(pane: EditorPane): void {
    this.preview = pane;
    this.changed.fire();
  }

  setActive(pane: EditorPane | null): void {
    if (pane) this.used = [...this.used.filter((other) => other !== pane), pane];
    if (pane === this.current) return;
    this.current = pane;
    this.activeChanged.fire(pane);
  }

  private openNow(input: EditorInput, options: OpenOptions): EditorPane {
    const open = this.all().find((pane) => pane.input.type === input.type && pane.input.key === input.key);
    const focus = options.activate !== false;
    if (open) {
      if (!options.preview) this.keep(open);
      this.place?.show(open, focus);
      if (input.params !== undefined) this.guard(() => open.reveal?.(input.params));
      return open;
    }
    const replaced = options.preview && !options.split ? this.preview : null;
    const pane = this.create(input, null);
    this.place?.add(pane, replaced ?? this.current, options.split);
    if (options.preview) this.preview = pane;
    if (replaced && (replaced.unsaved?.() ?? null) === null) replaced.dispose();
    this.place?.show(pane, focus);
    this.changed.fire();
    this.opened.fire(input);
    return pane;
  }

  private createPane(input: EditorInput, state: unknown): EditorPane {
    try {
      const type = this.types.get(input.type);
      if (!type) {
        throw new InvalidInputError(`there is no editor of the type "${input.type}"`, {
          todo: 'The plugin that brings it may be disabled: see the Plugins view.',
        });
      }
      return type.create(input, state);
    } catch (error) {
      this.report(error);
      return new ErrorPane(input, error);
    }
  }

  private forget(pane: EditorPane): void {
    this.panes.delete(pane);
    this.used = this.used.filter((other) => other !== pane);
    if (this.preview === pane) this.preview = null;
    if (this.current === pane) this.setActive(this.used.at(-1) ?? null);
    this.changed.fire();
  }

  private guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.report(error);
    }
  }
}

/** Names of files and disks stand in titles: characters that deceive are visible in them. */
function keepReadable(title: Title<Widget>): void {
  const change = (): void => {
    title.label = printable(title.label);
    title.caption = printable(title.caption);
  };
  change();
  title.changed.connect(change);
}

import { Widget } from '@lumino/widgets';
import type { Message } from '@lumino/messaging';
import type { EditorInput, EditorPane, Event } from '../api';

/** What an editor's element may offer beyond showing itself. */
export interface PaneElement extends HTMLElement {
  reveal?(params: unknown): void;
  saveState?(): unknown;
  onDidChangeState?: Event<void>;
  unsaved?(): string | null;
  /** The pane was closed for good: ends what runs for it. Being moved to another place is no closing. */
  dispose?(): void;
}

const FOCUSABLE = 'button:not(:disabled), input:not(:disabled), select, textarea, a[href], [tabindex="0"]';

/** Fills a widget with one element, and gives the focus to what is marked `data-autofocus` in it, or to the first that can take it. */
export class ElementWidget<E extends PaneElement = PaneElement> extends Widget {
  private isDrawn = false;

  constructor(readonly element: E) {
    super();
    this.addClass('dw-element-widget');
    this.node.append(element);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.element.dispose?.();
    super.dispose();
  }

  protected override onActivateRequest(_message: Message): void {
    if (this.isDrawn && this.takeFocus()) return;
    this.node.tabIndex = -1;
    this.node.focus();
    this.focusWhenDrawn();
  }

  /** Elements within a new one are drawn after it, and what can take the focus perhaps only when an answer has come. */
  private focusWhenDrawn(): void {
    requestAnimationFrame(() => {
      this.isDrawn = true;
      if (document.activeElement !== this.node || this.takeFocus()) return;
      const drawing = new MutationObserver(() => {
        drawing.disconnect();
        this.focusWhenDrawn();
      });
      drawing.observe(this.node, { childList: true, subtree: true });
    });
  }

  /** @returns whether there was something to take it */
  private takeFocus(): boolean {
    const target = this.node.querySelector<HTMLElement>('[data-autofocus]') ?? this.node.querySelector<HTMLElement>(FOCUSABLE);
    target?.focus();
    return target !== null;
  }

  protected override onCloseRequest(message: Message): void {
    super.onCloseRequest(message);
    this.dispose();
  }
}

/** An editor that is one element. */
export class ElementPane<E extends PaneElement = PaneElement> extends ElementWidget<E> implements EditorPane {
  constructor(
    readonly input: EditorInput,
    element: E,
    title: { label: string; caption?: string; icon: string },
  ) {
    super(element);
    this.title.closable = true;
    this.title.iconClass = `codicon codicon-${title.icon}`;
    this.rename(title.label, title.caption);
  }

  /** @param caption what is said of it at more length */
  rename(label: string, caption = label): void {
    this.title.label = label;
    this.title.caption = caption;
  }

  reveal(params: unknown): void {
    this.element.reveal?.(params);
  }

  get onDidChangeState(): Event<void> | undefined {
    return this.element.onDidChangeState;
  }

  saveState(): unknown {
    return this.element.saveState?.();
  }

  unsaved(): string | null {
    return this.element.unsaved?.() ?? null;
  }
}

import { parseWhen, type WhenClause } from '../../common/when';
import { type ContextKeyService, type ContextValue, type Disposable, Emitter } from '../api';

/** What hides the part of the window that is meant: while the focus is in one of these, the part that had it before counts. */
export const TRANSIENT_SELECTOR = '.lm-Menu, .lm-MenuBar, .dw-quick-input';
const REMEMBERED_CLAUSES = 2000;

/** Context keys: global ones, and those of the elements around the focus, the innermost first. */
export class ContextKeys implements ContextKeyService {
  private readonly values = new Map<string, ContextValue>();
  private readonly bound = new WeakMap<HTMLElement, Set<() => Record<string, ContextValue>>>();
  private readonly clauses = new Map<string, WhenClause>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private telling = false;
  private content: HTMLElement | null = null;

  constructor() {
    document.addEventListener('focusin', ({ target }) => {
      if (target instanceof HTMLElement && !target.closest(TRANSIENT_SELECTOR)) this.content = target;
      this.tell();
    });
  }

  /** What had the focus last, menus and quick input aside; where it goes back to when they close. */
  get focused(): HTMLElement | null {
    return this.content?.isConnected ? this.content : null;
  }

  set(key: string, value: ContextValue): void {
    if (this.values.get(key) === value) return;
    this.values.set(key, value);
    this.tell();
  }

  get(key: string): ContextValue {
    return this.valueOf(key, {});
  }

  bind(element: HTMLElement, keys: () => Record<string, ContextValue>): Disposable {
    const all = this.bound.get(element) ?? new Set();
    this.bound.set(element, all.add(keys));
    return { dispose: () => void all.delete(keys) };
  }

  matches(when: string | undefined, extra: Record<string, ContextValue> = {}): boolean {
    return !when || this.clause(when).evaluate((key) => this.valueOf(key, extra));
  }

  /** Once a frame: the focus and the place of a cursor change many keys at a time. */
  private tell(): void {
    if (this.telling) return;
    this.telling = true;
    requestAnimationFrame(() => {
      this.telling = false;
      this.changed.fire();
    });
  }

  private valueOf(key: string, extra: Record<string, ContextValue>): ContextValue {
    if (Object.hasOwn(extra, key)) return extra[key];
    for (let element = this.focused; element; element = element.parentElement) {
      for (const keys of this.bound.get(element) ?? []) {
        const values = keys();
        if (Object.hasOwn(values, key)) return values[key];
      }
    }
    return this.values.get(key);
  }

  private clause(when: string): WhenClause {
    let clause = this.clauses.get(when);
    if (!clause) {
      clause = parseWhen(when);
      if (this.clauses.size >= REMEMBERED_CLAUSES) this.clauses.clear();
      this.clauses.set(when, clause);
    }
    return clause;
  }
}

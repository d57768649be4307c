import type { Disposable, InputOptions, PickOptions, QuickInputService, QuickItem, QuickProvider } from '../../api';
import { isCancellation } from '../../widgets/shared/errorText';
import { type BoxOwner, QuickBox } from './quick/quickBox';
import { rank, type RankedItem, unranked } from './quick/rank';

/** Quick open with its providers, lists to pick from, and single-line questions; all in the one box. */
export class QuickInput implements QuickInputService {
  private readonly providers = new Set<QuickProvider>();
  private readonly box: QuickBox;

  /** @param returnFocus what gets the focus when the box closes */
  constructor(
    returnFocus: () => HTMLElement | null,
    private readonly showError: (error: unknown) => void,
  ) {
    this.box = new QuickBox(returnFocus);
  }

  addProvider(provider: QuickProvider): Disposable {
    this.providers.add(provider);
    return { dispose: () => void this.providers.delete(provider) };
  }

  /** The prefixes that can be typed, with what they find; the shortest first. */
  prefixes(): { prefix: string; placeholder: string }[] {
    const byPrefix = new Map([...this.providers].reverse().map(({ prefix, placeholder }) => [prefix, placeholder]));
    return [...byPrefix]
      .map(([prefix, placeholder]) => ({ prefix, placeholder }))
      .sort((a, b) => a.prefix.length - b.prefix.length);
  }

  open(text: string): void {
    let running = new AbortController();
    let shown = text;
    const listAgain = (): void => {
      running.abort();
      running = new AbortController();
      void this.list(owner, shown, running.signal);
    };
    const following = [...this.providers].flatMap(({ onDidChange }) => onDidChange?.(listAgain) ?? []);
    const end = (): void => following.forEach((listener) => listener.dispose());
    const owner: BoxOwner = {
      placeholder: this.placeholderFor(text),
      hasList: true,
      onInput: (typed) => {
        shown = typed;
        listAgain();
      },
      onAccept: (item) => {
        if (!item) return;
        end();
        this.box.close(owner);
        // After the focus is back: what runs depends on it.
        void Promise.resolve()
          .then(() => item.run?.())
          .catch(this.showError);
      },
      onCancel: () => {
        end();
        running.abort();
      },
    };
    this.box.open(owner, text);
  }

  pick<T extends QuickItem>(items: T[], { placeholder, onHighlight }: PickOptions<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const owner: BoxOwner = {
        placeholder,
        hasList: true,
        onInput: (typed) => this.box.setItems(owner, rank(typed, items)),
        onMove: (item) => onHighlight?.(item as T | undefined),
        onAccept: (item) => {
          if (!item) return;
          this.box.close(owner);
          resolve(item as T);
        },
        onCancel: () => {
          onHighlight?.(undefined);
          resolve(undefined);
        },
      };
      this.box.open(owner, '');
    });
  }

  input({ title, placeholder, value, validate, revalidate, onChange }: InputOptions): Promise<string | undefined> {
    return new Promise((resolve) => {
      let text = value ?? '';
      /** It was accepted while what it is judged by was not known yet: it is taken as soon as it holds. */
      let wanted = false;
      const owner: BoxOwner = {
        title,
        placeholder: placeholder ?? '',
        hasList: false,
        onInput: (typed) => {
          text = typed;
          wanted = false;
          const verdict = validate?.(typed) ?? null;
          const message = verdict && ('error' in verdict ? verdict.error : verdict.hint);
          // Nothing was typed yet: what is missing is said by the placeholder.
          const wrong = verdict !== null && 'error' in verdict && typed !== '';
          this.box.setMessage(owner, message === null || (typed === '' && !wrong) ? null : { text: message, wrong });
          onChange?.(typed);
        },
        onAccept: () => {
          const verdict = validate?.(text) ?? null;
          if (verdict && 'error' in verdict) {
            wanted = true;
            return this.box.setMessage(owner, { text: verdict.error, wrong: true });
          }
          following?.dispose();
          this.box.close(owner);
          resolve(text);
        },
        onCancel: () => {
          following?.dispose();
          onChange?.(null);
          resolve(undefined);
        },
      };
      const following = revalidate?.(() => {
        const accepted = wanted;
        owner.onInput?.(text);
        if (accepted) owner.onAccept(undefined);
      });
      this.box.open(owner, text, true);
    });
  }

  private async list(owner: BoxOwner, typed: string, signal: AbortSignal): Promise<void> {
    const { providers, query } = this.find(typed);
    const slow = setTimeout(() => this.box.setBusy(owner), 150);
    try {
      const answers = await Promise.all(providers.map((provider) => this.ask(provider, query, signal)));
      if (!signal.aborted) this.box.setItems(owner, answers.flat());
    } finally {
      clearTimeout(slow);
    }
  }

  private async ask(provider: QuickProvider, query: string, signal: AbortSignal): Promise<RankedItem[]> {
    try {
      const items = await provider.provide(query, signal);
      return provider.ranked ? items.map(unranked) : rank(query, items);
    } catch (error) {
      if (!isCancellation(error)) this.showError(error);
      return [];
    }
  }

  /** The providers of the longest prefix that the text begins with. */
  private find(typed: string): { providers: QuickProvider[]; query: string } {
    const longest = Math.max(
      0,
      ...[...this.providers].filter(({ prefix }) => typed.startsWith(prefix)).map(({ prefix }) => prefix.length),
    );
    const prefix = typed.slice(0, longest);
    return {
      providers: [...this.providers].filter((provider) => provider.prefix === prefix),
      query: typed.slice(longest).trim(),
    };
  }

  private placeholderFor(text: string): string {
    return this.find(text).providers[0]?.placeholder ?? 'Search';
  }
}

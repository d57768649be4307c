import type { VolumeRef } from '../protocol/types';
import type { PluginContext } from './pluginContext';

/** What a view is opened with. Of use until it is closed; `signal` aborts then, `named.subject` is what the user called the subject. */
export interface ViewContext extends Omit<PluginContext, 'progress' | 'folders'> {
  /** A device's id or a volume, as the manifest's `subject` says; null where it says none. */
  readonly subject: string | VolumeRef | null;
  /**
   * Tells the page something: any JSON of at most 256 KiB. Resolves when the workbench has taken it, which is when to send the next.
   * @throws when the view is closed, or 16 are under way
   */
  post(message: unknown): Promise<void>;
}

/** What answers one open view. */
export interface OpenedView {
  /** By the method's name, what the page asks; parameters and answers are JSON, at most 256 KiB each. What it throws, the page is told. */
  requests: Record<string, (params: unknown, signal: AbortSignal) => unknown>;
  /** The page is gone. What the context has open is closed without it. */
  close?(): void | Promise<void>;
}

/** The plugin's part of a view; listed in the manifest under `contributes.views` by the same id. */
export interface ViewHandler {
  /** The view is shown, perhaps several times at once: each is answered by what this answers. Must be quick. */
  open(context: ViewContext): OpenedView | Promise<OpenedView>;
}

import { FailedError, RefusedError } from '@diskwright/sdk/errors';
import type { ExtentList } from '@diskwright/sdk/extents';
import { AsyncLocalStorage } from 'node:async_hooks';
import { access } from 'node:fs/promises';
import { abortable } from '../../common/flow/abortable';
import type { OverlayOpener } from '../contracts';
import type { BlockNode, WritableNode } from '../nodes/blockNode';
import { KnownLists } from './knownLists';
import { OpenOverlay, type OverlayContext } from './openOverlay';
import { documentPath, overlayFolder } from './overlayDocument';
import { ComposedNode } from '../nodes/composedNode';
import { WritableOverlayNode } from './writableOverlayNode';

interface Entry {
  overlay: Promise<OpenOverlay>;
  users: number;
  writers: number;
}

/** Overlays may stand on overlays; deeper than this, or in a circle, they do not. */
const MAX_DEPTH = 16;

/** Opens the overlays of the context's data folder by name; see {@link OverlayOpener}. */
export function createOverlayOpener(context: OverlayContext): OverlayOpener {
  return new Opener(context);
}

class Opener implements OverlayOpener {
  private readonly entries = new Map<string, Entry>();
  /** Overlays that are being closed: their lock must be gone before they are opened again. */
  private readonly closing = new Map<string, Promise<void>>();
  /** Names of the overlays whose opening led here: a circle would wait for itself. */
  private readonly chain = new AsyncLocalStorage<readonly string[]>();

  private readonly lists = new KnownLists();

  constructor(private readonly context: OverlayContext) {}

  know(digest: string, list: ExtentList): void {
    this.lists.add(digest, list);
  }

  async exists(name: string): Promise<boolean> {
    try {
      await access(documentPath(overlayFolder(this.context.dataFolder, name)));
      return true;
    } catch {
      return false;
    }
  }

  async open(name: string, writable: boolean, signal?: AbortSignal): Promise<BlockNode | WritableNode> {
    const entry = this.enter(name);
    entry.users++;
    try {
      const overlay = await abortable(entry.overlay, signal);
      if (!writable) return new ComposedNode(overlay.shape, overlay.stack, () => this.leave(name, entry));
      if (entry.writers > 0) throw new RefusedError(`the overlay ${name} is being written already`, { device: name });
      entry.writers++;
      try {
        await overlay.enableWriting();
      } catch (error) {
        entry.writers--;
        throw error;
      }
      return new WritableOverlayNode(overlay.shape, overlay.stack, overlay.written, () => {
        entry.writers--;
        return this.leave(name, entry);
      });
    } catch (error) {
      await this.leave(name, entry);
      throw error;
    }
  }

  private enter(name: string): Entry {
    const chain = this.chain.getStore() ?? [];
    if (chain.includes(name)) throw new RefusedError(`the overlay ${name} stands on itself`, { device: name });
    if (chain.length >= MAX_DEPTH)
      throw new FailedError(`overlays stand on each other more than ${MAX_DEPTH} deep`, { device: name });
    const known = this.entries.get(name);
    if (known) return known;
    const folder = overlayFolder(this.context.dataFolder, name);
    const closed = this.closing.get(name) ?? Promise.resolve();
    const overlay = this.chain.run([...chain, name], () =>
      closed.then(() => OpenOverlay.open(this.context, this.lists, folder, name)),
    );
    const entry: Entry = { overlay, users: 0, writers: 0 };
    this.entries.set(name, entry);
    return entry;
  }

  private async leave(name: string, entry: Entry): Promise<void> {
    entry.users--;
    if (entry.users > 0) return;
    if (this.entries.get(name) === entry) this.entries.delete(name);
    const closed = entry.overlay.then(
      (overlay) => overlay.close(),
      () => undefined,
    );
    this.closing.set(
      name,
      closed.catch(() => undefined),
    );
    try {
      await closed;
    } finally {
      this.closing.delete(name);
    }
  }
}

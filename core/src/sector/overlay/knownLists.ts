import type { ExtentList } from '@diskwright/sdk/extents';

/**
 * Extent lists that are in memory anyway, by digest, so that a large one is not read a second time. Being known keeps none of
 * them alive.
 */
export class KnownLists {
  private readonly lists = new Map<string, WeakRef<ExtentList>>();

  add(digest: string, list: ExtentList): void {
    for (const [known, reference] of this.lists) if (!reference.deref()) this.lists.delete(known);
    this.lists.set(digest, new WeakRef(list));
  }

  get(digest: string): ExtentList | undefined {
    return this.lists.get(digest)?.deref();
  }
}

import type { FilesystemNode } from '@diskwright/sdk/protocol';
import { childPath, linkTarget, namesOf, pathOf } from './filePath';

/** A node with the path at which it really is. */
export interface FoundNode {
  path: string;
  node: FilesystemNode;
}

/** As the kernel does. */
const MAX_LINKS = 40;

/**
 * The node at a path, over symbolic links in its directories and, when `last` is set, at its end as well.
 * @param lookup answers the node at a path without following links, with a link's target in its metadata; null where there is none
 * @returns null where there is none, and for a circle of links
 */
export async function followPath(
  path: string,
  last: boolean,
  lookup: (path: string) => Promise<FilesystemNode | null>,
): Promise<FoundNode | null> {
  // Most paths have no links in them: one question instead of one for each name.
  const direct = await lookup(pathOf(namesOf(path)));
  if (direct && (direct.type !== 'symlink' || !last)) return { path: pathOf(namesOf(path)), node: direct };
  let names = namesOf(path);
  let at = '/';
  let node = await lookup('/');
  for (let links = 0; node !== null && links <= MAX_LINKS;) {
    const [name, ...rest] = names;
    if (name === undefined) return { path: at, node };
    const next = childPath(at, name);
    const found = await lookup(next);
    if (found?.type === 'symlink' && (last || rest.length > 0)) {
      const target = found.metadata?.target;
      if (target === undefined) return null;
      links++;
      names = namesOf(`${linkTarget(at, target)}/${rest.join('/')}`);
      at = '/';
      node = await lookup('/');
    } else {
      names = rest;
      at = next;
      node = found;
    }
  }
  return null;
}

import type { VolumeProxy } from '@diskwright/sdk';
import { FailedError } from '@diskwright/sdk/errors';
import type { FilesystemNode } from '@diskwright/sdk/protocol';

/** As many links as Linux follows on the way to one file. */
const MAX_LINKS = 40;

/**
 * The node at a path, by way of links inside the volume.
 * @param followLast whether a link at the end is followed; one that leads nowhere is answered itself
 * @returns with the path that was reached, from the root, without a slash at the end; null when there is nothing
 */
export async function locate(
  volume: VolumeProxy,
  path: string,
  followLast: boolean,
): Promise<{ node: FilesystemNode; path: string } | null> {
  const names = namesOf(path);
  const node = await volume.lookup(`/${names.join('/')}`);
  if (node && !(followLast && node.type === 'symlink')) return { node, path: joined(names) };
  return (await walkTo(volume, names, followLast)) ?? (node && { node, path: joined(names) });
}

/** Name by name, as the path itself leads nowhere or to a link. */
async function walkTo(
  volume: VolumeProxy,
  names: string[],
  followLast: boolean,
): Promise<{ node: FilesystemNode; path: string } | null> {
  const left = [...names];
  let reached: string[] = [];
  let links = 0;
  let node = await volume.lookup('/');
  while (left.length > 0) {
    const next = [...reached, left.shift()!];
    node = await volume.lookup(joined(next) || '/');
    if (!node) return null;
    if (node.type !== 'symlink' || (left.length === 0 && !followLast)) {
      reached = next;
      continue;
    }
    if (++links > MAX_LINKS) throw new FailedError(`/${names.join('/')}: more than ${MAX_LINKS} links lie on the way`);
    const target = await volume.readlink(node.node);
    const from = target.startsWith('/') ? [] : reached;
    left.unshift(...target.split('/'));
    reached = [];
    left.unshift(...from);
    normalize(left);
  }
  return node && { node, path: joined(reached) };
}

/** The names of a path, `.` and `..` resolved as text. */
function namesOf(path: string): string[] {
  return normalize(path.split('/'));
}

/** In place: nothing leads out of the root. */
function normalize(names: string[]): string[] {
  const kept: string[] = [];
  for (const name of names) {
    if (name === '' || name === '.') continue;
    if (name === '..') kept.pop();
    else kept.push(name);
  }
  names.splice(0, names.length, ...kept);
  return names;
}

const joined = (names: readonly string[]): string => names.map((name) => `/${name}`).join('');

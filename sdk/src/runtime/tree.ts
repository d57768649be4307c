import { DamagedStructureError, NotSupportedError } from '../errors';
import type { FilesystemEntry, FilesystemNode } from '../protocol/types';
import type { Filesystem, WalkOptions } from '../provider/index';

/** Deeper than any filesystem's path limit allows; a loop in damaged directories ends here. */
const MAX_DEPTH = 1024;

/** A provider's tree by its `readdir` alone, for providers without a `walk` of their own. */
export async function* walkByReaddir(
  filesystem: Filesystem,
  start: string,
  options: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry, void, undefined> {
  const matches = options.filter === undefined ? () => true : globMatcher(options.filter);
  const pending: { node: string; prefix: string; depth: number }[] = [{ node: start, prefix: '', depth: 0 }];
  // A damaged directory may hold itself, more than once.
  const seen = new Set([start]);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, prefix, depth } = next;
    if (depth > MAX_DEPTH)
      throw new DamagedStructureError(
        'directory',
        `directories are nested more than ${MAX_DEPTH} deep at ${prefix.slice(0, 200)}`,
      );
    for await (const entry of filesystem.readdir!(node, signal)) {
      signal.throwIfAborted();
      const path = prefix + entry.path;
      if (matches(path)) yield { ...entry, path };
      if (!options.recursive || entry.type !== 'directory' || seen.has(entry.node)) continue;
      seen.add(entry.node);
      pending.push({ node: entry.node, prefix: `${path}/`, depth: depth + 1 });
    }
  }
}

/** The node at an absolute path by `readdir` alone, for providers without a `lookup` of their own. */
export async function lookupByReaddir(filesystem: Filesystem, path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
  if (!filesystem.root) throw new NotSupportedError('this filesystem provider names no root directory');
  let node: FilesystemNode = filesystem.root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (node.type !== 'directory') return null;
    const entry = await findEntry(filesystem, node.node, name, signal);
    if (!entry) return null;
    node = { node: entry.node, type: entry.type, size: entry.size, mtime: entry.mtime };
  }
  return node;
}

async function findEntry(
  filesystem: Filesystem,
  directory: string,
  name: string,
  signal: AbortSignal,
): Promise<FilesystemEntry | null> {
  for await (const entry of filesystem.readdir!(directory, signal)) {
    signal.throwIfAborted();
    if (entry.path === name) return entry;
  }
  return null;
}

/** `*` and `?` within a name, `**` across names; a pattern without a slash is held against the last name. */
function globMatcher(pattern: string): (path: string) => boolean {
  const source = pattern
    .slice(0, 1024)
    .split(/(\*\*|\*|\?)/)
    .map((part) => ({ '**': '.*', '*': '[^/]*', '?': '[^/]' })[part] ?? part.replace(/[.+^${}()|[\]\\]/g, '\\$&'))
    .join('');
  const expression = new RegExp(`^${source}$`, 's');
  return pattern.includes('/')
    ? (path) => expression.test(path)
    : (path) => expression.test(path.slice(path.lastIndexOf('/') + 1));
}

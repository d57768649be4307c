import { deepEqual } from 'node:assert/strict';
import { entriesIn, type FilesystemEntry, TableColumns } from '../protocol/index';
import type { FilesystemFiles } from '../provider/index';
import { walkByReaddir } from '../runtime/tree';

const { signal } = new AbortController();
const options = { recursive: true };

/** All below a node, as a provider's `walkTables` tells them. */
export async function listedInTables(files: FilesystemFiles, node = files.root.node): Promise<FilesystemEntry[]> {
  const entries: FilesystemEntry[] = [];
  for await (const table of files.walkTables?.(node, options, signal) ?? [])
    for (const entry of entriesIn(new TableColumns(table))) entries.push(entry);
  return entries;
}

/** @throws AssertionError unless a provider lists the same in tables as entry by entry */
export async function checkTables(files: FilesystemFiles): Promise<void> {
  const { node } = files.root;
  const entries: FilesystemEntry[] = [];
  if (files.walkBatches) for await (const batch of files.walkBatches(node, options, signal)) entries.push(...batch);
  else for await (const entry of walkByReaddir(files, node, options, signal)) entries.push(entry);
  deepEqual(inOrder(await listedInTables(files)), inOrder(entries));
}

const inOrder = (entries: FilesystemEntry[]): FilesystemEntry[] =>
  entries.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { satisfies, validRange } from 'semver';
import { FailedError } from '@diskwright/sdk/errors';
import type { PluginRecord } from '../pluginRecord';

/** Versions of a plugin that are never started. */
export interface Block {
  id: string;
  range: string;
  /** Why, in words. */
  reason: string;
}

/** Beside the installed plugins, for whoever cares for many machines: `[{ "id": "vendor.echo", "range": "<2.0.0", "reason": "…" }]`. */
export const BLOCK_FILE = 'blocked.json';

/** @throws FailedError where the list is there and cannot be used: to go on would start what is not to be started */
export async function readBlockFile(storeFolder: string): Promise<Block[]> {
  const path = join(storeFolder, BLOCK_FILE);
  try {
    const list = JSON.parse(await readFile(path, 'utf8')) as unknown;
    if (Array.isArray(list) && list.every(isBlock)) return list;
    throw new Error('it is no list of objects with "id", "range" and "reason"');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new FailedError(`the list of blocked plugins ${path} cannot be used: ${(error as Error).message}`, {
      todo: 'Mend it; no installed plugin is used until then.',
    });
  }
}

/** A line of the setting `plugins.blocked`: `vendor.echo`, `vendor.echo <2.0.0`, `vendor.echo <2.0.0: it loses data`; null for any other. */
export function parseBlock(line: string): Block | null {
  const [, id, range = '', reason = ''] = /^\s*([^\s:]+)(?:\s+([^:]*))?(?::(.*))?$/.exec(line) ?? [];
  if (id === undefined) return null;
  const block = { id, range: range.trim() || '*', reason: reason.trim() || 'you blocked it in the settings' };
  return isBlock(block) ? block : null;
}

/** The block that holds a version; null when none does. */
export function blockOf(blocks: readonly Block[], { id, version }: { id: string; version: string }): Block | null {
  return blocks.find((block) => block.id === id && satisfies(version, block.range, { includePrerelease: true })) ?? null;
}

/** Puts aside what is blocked, with the reason. */
export function withBlocks(records: readonly PluginRecord[], blocks: readonly Block[]): PluginRecord[] {
  return records.map((record) => {
    const block = record.plugin && blockOf(blocks, record);
    if (!block) return record;
    const message = `version ${record.version} is blocked (${block.range}): ${block.reason}`;
    return {
      ...record,
      state: 'blocked',
      plugin: null,
      problems: [{ path: '', message, mend: 'Install a version that is not blocked, or remove it.' }],
    };
  });
}

function isBlock(value: unknown): value is Block {
  if (typeof value !== 'object' || value === null) return false;
  const { id, range, reason } = value as Partial<Block>;
  return typeof id === 'string' && typeof reason === 'string' && typeof range === 'string' && validRange(range) !== null;
}

import type { CommandContribution } from '@diskwright/sdk/protocol';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { ResolvedInput } from './inputDevices';

/** Puts ids in the place of the folders that an input names. Answers their absolute paths by id: what the command may write to while it runs. */
export function withFolders({ input: schema }: CommandContribution, resolved: ResolvedInput): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const [field, definition] of Object.entries(schema.properties)) {
    const text = resolved.input[field];
    if (definition.type !== 'string' || definition.format !== 'folder' || typeof text !== 'string') continue;
    const id = `folder-${randomUUID()}`;
    folders.set(id, resolve(text));
    resolved.named[field] = text;
    resolved.input[field] = id;
  }
  return folders;
}

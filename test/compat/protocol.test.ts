/**
 * The protocol stays compatible with the frozen one, `protocol-0.1.json`: a plugin that was built then works with the host of today.
 * When something is frozen stands in docs/compatibility.md.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '@diskwright/sdk/protocol';
import { projectFolder } from '../support/cli';
import { compareProtocols } from './compareProtocols';
import type { MetaModel } from './schema';

const read = async (path: string): Promise<MetaModel> => JSON.parse(await readFile(path, 'utf8')) as MetaModel;
const current = await read(join(projectFolder, 'sdk', 'protocol.json'));
const frozen = (await readdir(import.meta.dirname)).filter((name) => /^protocol-.*\.json$/.test(name));

test('the meta model is of the version that is spoken', () => {
  expect(current.protocol).toBe(PROTOCOL_VERSION);
});

test.each(frozen)('plugins of %s go on working', async (name) => {
  expect(compareProtocols(await read(join(import.meta.dirname, name)), current)).toEqual([]);
});

test('every message of the frozen protocol is looked at: taking one away, or a field of it, is found', async () => {
  const older = await read(join(import.meta.dirname, frozen[0]!));
  for (const message of older.messages) {
    const without = older.messages.filter((candidate) => candidate !== message);
    expect(compareProtocols(older, { ...older, messages: without })).toEqual([`${message.method}: was removed`]);
    for (const field of Object.keys(message.params.properties ?? {})) {
      const { [field]: _removed, ...properties } = message.params.properties!;
      const params = { ...message.params, properties, required: message.params.required?.filter((name) => name !== field) };
      const newer = { ...older, messages: [...without, { ...message, params }] };
      expect(compareProtocols(older, newer)).toContain(`${message.method} params.${field}: was removed`);
    }
  }
});

/** The licences of all that is inside go with it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '../support/cli';

const read = (...parts: string[]): Promise<string> => readFile(join(projectFolder, ...parts), 'utf8');
const plain = (text: string): string => text.replaceAll('\r\n', '\n').trim();

test.each([
  ['lit', 'LICENSE'],
  ['fastify', 'LICENSE'],
  ['monaco-editor', 'ThirdPartyNotices.txt'],
  ['@vscode/codicons', 'LICENSE'],
  ['vscode-jsonrpc', 'License.txt'],
])('%s stands there with its version and the whole of its %s', async (name, file) => {
  const licences = await read('dist', 'licences.txt');
  const { version } = JSON.parse(await read('node_modules', name, 'package.json')) as { version: string };
  expect(licences).toContain(`${name} ${version}`);
  expect(licences.includes(plain(await read('node_modules', name, file)))).toBe(true);
});

test('what only builds and tests is not there', async () => {
  expect(await read('dist', 'licences.txt')).not.toMatch(/^ {2}(?:vitest|typescript|eslint|electron|esbuild) /m);
});

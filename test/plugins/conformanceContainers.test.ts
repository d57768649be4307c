/** The conformance kit on a container, through the command line. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, projectFolder } from '../support/cli';
import { exampleGround } from '../support/exampleUse';

test('arrays are held against their driver as they are served, and their superblocks are mutated', async () => {
  const ground = await exampleGround();
  const folder = join(projectFolder, 'plugins', 'volume-md');
  const { stdout } = await cli(['--json', 'plugin', 'test', folder, '--only', 'linear-1.2', '--mutations', '12'], ground.options);
  const { checks } = JSON.parse(stdout) as { checks: { name: string; outcome: string; detail: string }[] };
  expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  const details = new Map(checks.map(({ name, detail }) => [name, detail]));
  expect(details.get('image: linear-1.2, devices 2, 0, 1')).toBe('1 device equal, 6217728 bytes of it read');
  expect(details.get('mutations of every field')).toMatch(/^12 images by seed 1, of \d+ fields, \d+ of them refused/);
});

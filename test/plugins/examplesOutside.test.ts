/** The examples of the SDK, each built in an empty folder with the packed SDK alone, and installed into a host that runs. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, cliJson, projectFolder } from '../support/cli';
import { exampleGround, examples, installExample } from '../support/exampleUse';
import { must } from '../support/tool';
import { makeVendorFolder } from '../support/vendorFolder';

let vendor: string;
beforeAll(async () => {
  vendor = await mkdtemp(join(tmpdir(), 'diskwright-vendor-'));
  await makeVendorFolder(vendor);
});
afterAll(() => rm(vendor, { recursive: true, force: true }));

test('every example is tried', async () => {
  expect((await readdir(join(projectFolder, 'sdk', 'examples'))).sort()).toEqual(Object.keys(examples).sort());
});

test.each(Object.entries(examples))('%s', async (name, { id, use }) => {
  const ground = await exampleGround();
  const sdk = join(vendor, 'node_modules', '@diskwright', 'sdk');
  const folder = join(vendor, name);
  await cp(join(sdk, 'examples', name), folder, { recursive: true });
  // As its own script has it; what is not JavaScript needs no build.
  if (name !== 'romfs-python')
    await must('env', '--chdir', folder, process.execPath, join(sdk, 'dist', 'build', 'command.mjs'), 'build');
  const file = join(ground.scratch, `${name}.tgz`);
  await cliJson(['plugin', 'pack', folder, '-o', file], ground.options);
  await installExample(file, id, ground);
  await use(ground);
});

test('the recipes of romfs, built there, hold it against genromfs in its sandbox, and mutate its fields', async () => {
  const ground = await exampleGround();
  const sdk = join(vendor, 'node_modules', '@diskwright', 'sdk');
  const folder = join(vendor, 'tested');
  await cp(join(sdk, 'examples', 'romfs'), folder, { recursive: true });
  await must('env', '--chdir', folder, process.execPath, join(sdk, 'dist', 'build', 'command.mjs'), 'build');
  const arguments_ = ['plugin', 'test', folder, '--only', 'links', '--mutations', '20'];
  const { stdout, stderr } = await cli(['--json', ...arguments_], ground.options);
  expect(stderr).toContain('outside of the sandbox');
  const { checks } = JSON.parse(stdout) as { checks: { name: string; outcome: string; detail: string }[] };
  expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  const details = new Map(checks.map(({ name, detail }) => [name, detail]));
  expect(details.get('image: links of both kinds')).toMatch(/^7 files equal .*target 4/);
  expect(details.get('mutations of every field')).toMatch(/^20 images by seed 1/);
  const without = await cliJson<{ checks: { name: string }[] }>([...arguments_, '--no-conformance'], ground.options);
  expect(without.checks.map(({ name }) => name)).not.toContain('conformance');
});

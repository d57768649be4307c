/** Signed packages: packed by a vendor, installed by a user, and held against the key that is known. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PluginEntry } from '../../core/src/common/workbench';
import { cli, cliJson, type CliOptions } from '../support/cli';
import { echoEntries, echoPackage, signed, vendorKey, writePackage } from '../support/pluginPackages';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';

async function emptyHome(): Promise<{ scratch: string; options: CliOptions }> {
  const scratch = await scratchFolder();
  return { scratch, options: { home: join(scratch, 'home') } };
}

const echoOf = async (options: CliOptions): Promise<PluginEntry | undefined> =>
  (await cliJson<PluginEntry[]>(['plugin', 'list'], options)).find(({ id }) => id === 'vendor.echo');

test('a plugin that its vendor packed with a key is listed as signed with it', async () => {
  const { scratch, options } = await emptyHome();
  const key = join(scratch, 'vendor.pem');
  const { fingerprint } = await cliJson<{ fingerprint: string }>(['plugin', 'keygen', key], options);
  const source = join(scratch, 'package');
  await must('tar', '-xzf', await echoPackage(scratch, '1.0.0'), '-C', scratch);
  const archive = join(scratch, 'signed.tgz');
  const noFiles = await cli(['plugin', 'pack', source, '-o', archive, '--sign', key], options);
  expect(noFiles).toMatchObject({ status: 2, stdout: '' });
  await must('sh', '-c', `sed -i 's/"version"/"files":["main.cjs"],"version"/' '${join(source, 'package.json')}'`);
  const packed = await cli(['plugin', 'pack', source, '-o', archive, '--sign', key], options);
  expect(packed).toMatchObject({ status: 0, stdout: expect.stringContaining('bytes, signed\n') as string });
  expect(await readdir(source)).not.toContain('diskwright.signature.json');

  expect(await cli(['plugin', 'install', archive], options)).toMatchObject({ status: 0 });
  expect(await echoOf(options)).toMatchObject({ installed: { signedBy: fingerprint } });
  expect((await cli(['plugin', 'list'], options)).stdout).toMatch(/vendor\.echo +1\.0\.0 +stopped +signed /);
});

test('an unsigned package is allowed, and listed as such', async () => {
  const { scratch, options } = await emptyHome();
  expect((await cli(['plugin', 'install', await echoPackage(scratch, '1.0.0')], options)).status).toBe(0);
  expect(await echoOf(options)).toMatchObject({ installed: { signedBy: null } });
  expect((await cli(['plugin', 'list'], options)).stdout).toMatch(/vendor\.echo +1\.0\.0 +stopped +not signed /);
});

test('another key is taken with the consent of the user only, and is the one that counts from then on', async () => {
  const { scratch, options } = await emptyHome();
  const [first, second] = [vendorKey(), vendorKey()];
  const archive = async (version: string, key: string): Promise<string> =>
    writePackage(join(scratch, `${version}.tgz`), signed(await echoEntries(version), key));
  await cli(['plugin', 'install', await archive('1.0.0', first)], options);
  const changed = await archive('2.0.0', second);
  const refused = await cli(['plugin', 'install', changed], options);
  expect(refused.status).toBe(3);
  expect(refused.stderr).toMatch(/vendor\.echo is refused: it was installed with the key SHA256:\S+ before/);
  expect(refused.stderr).toContain('--accept-new-key');
  expect(await readdir(join(options.home, 'plugins', 'vendor.echo'))).toEqual(['1.0.0']);

  expect((await cli(['plugin', 'install', changed, '--accept-new-key'], options)).status).toBe(0);
  expect((await cli(['plugin', 'install', await archive('3.0.0', first)], options)).status).toBe(3);
  expect((await cli(['plugin', 'install', await archive('3.1.0', second)], options)).status).toBe(0);
});

test('the key of a plugin stays known when it is removed', async () => {
  const { scratch, options } = await emptyHome();
  await cli(
    ['plugin', 'install', await writePackage(join(scratch, 'a.tgz'), signed(await echoEntries('1.0.0'), vendorKey()))],
    options,
  );
  await cli(['plugin', 'remove', 'vendor.echo'], options);
  expect((await cli(['plugin', 'install', await echoPackage(scratch, '1.0.0')], options)).status).toBe(3);
  expect(await readFile(join(options.home, 'pluginKeys.json'), 'utf8')).toContain('vendor.echo');
});

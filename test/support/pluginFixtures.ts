import { build } from 'esbuild';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'plugins');

/** Bundles the plugins of `test/fixtures/plugins` into a folder of plugin folders, as packages that a registry finds. */
export async function buildPluginFixtures(folder: string, ...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(folder, name), { recursive: true });
    await cp(join(fixtures, name, 'package.json'), join(folder, name, 'package.json'));
    await build({
      entryPoints: [join(fixtures, name, 'main.ts')],
      outfile: join(folder, name, 'dist', 'main.cjs'),
      bundle: true,
      conditions: ['diskwright-source'],
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'error',
    });
  }
}

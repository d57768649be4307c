// Freezes the examples as they are packed by the SDK of today, for test/compat. Only adds: what is frozen stays as it is.
//   node scripts/freezePlugins.mjs           the examples that the protocol's version has no package of yet
//   node scripts/freezePlugins.mjs --anew    all of this version; before its release only, see docs/plugins.md
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, root } from './shared.mjs';

function run(command, ...words) {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) fail(`${words.join(' ')}: ${stdout}${stderr}`);
}

/** Of the SDK, without its patch level. */
async function version() {
  const { version: full } = JSON.parse(await readFile(join(root, 'sdk', 'package.json'), 'utf8'));
  return full.split('.').slice(0, 2).join('.');
}

async function freeze(name, file, vendor) {
  const sdk = join(vendor, 'node_modules', '@diskwright', 'sdk');
  const folder = join(vendor, name);
  await cp(join(sdk, 'examples', name), folder, { recursive: true });
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  // Every later host has to take it: that is what it is kept for.
  manifest.engines.diskwright = manifest.engines.diskwright.replace('^', '>=');
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
  if (manifest.diskwright.main !== undefined)
    run('env', '--chdir', folder, process.execPath, join(sdk, 'dist', 'build', 'command.mjs'), 'build');
  run(process.execPath, join(root, 'core', 'bin', 'diskwright.cjs'), 'plugin', 'pack', folder, '-o', file);
  console.log(`frozen: ${file}`);
}

const target = join(root, 'test', 'compat', 'plugins', await version());
const anew = process.argv.includes('--anew');
const archive = (await readdir(join(root, 'dist', 'sdk'))).find((file) => file.endsWith('.tgz'));
const vendor = await mkdtemp(join(tmpdir(), 'diskwright-freeze-'));
try {
  const sdk = join(vendor, 'node_modules', '@diskwright', 'sdk');
  await mkdir(sdk, { recursive: true });
  run('tar', '-xzf', join(root, 'dist', 'sdk', archive), '-C', sdk, '--strip-components=1', '--no-same-owner');
  await mkdir(target, { recursive: true });
  for (const name of await readdir(join(root, 'sdk', 'examples'))) {
    const file = join(target, `${name}.tgz`);
    if (anew || !existsSync(file)) await freeze(name, file, vendor);
  }
} finally {
  await rm(vendor, { recursive: true, force: true });
}

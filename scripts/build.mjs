// Builds everything that runs: validators from the schemas, bundles, and the built-in plugins as packages, unpacked from those very packages.
// With --only NAME[,NAME…] just those bundles (`cli`, `sector`, `server`, `packages`, `workbench`, `sdk`, a plugin's id).
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { makeArchive } from '../sdk/src/build/archive.mjs';
import { bundlePlugin } from '../sdk/src/build/index.mjs';
import { licences } from './licences.mjs';
import { makeSdkPackage } from './sdkPackage.mjs';
import { lockUntilExit, root } from './shared.mjs';

// Two builds at once would take away each other's files.
lockUntilExit('build');
await import('./generate.mjs');

const { default: webpack } = await import('webpack');
const { default: configurations } = await import('../webpack.config.mjs');

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1].split(',') : null;
const wanted = configurations.filter(({ name }) => only === null || only.includes(basename(name)));

const built =
  wanted.length === 0
    ? []
    : await new Promise((resolve, reject) => {
        webpack(wanted, (error, stats) => {
          if (error) return reject(error);
          if (stats.hasErrors()) return reject(new Error(stats.toString({ all: false, errors: true, colors: false })));
          resolve(stats.stats.map(({ compilation }) => compilation));
        });
      });

// A plugin that was here at another commit may have left what git does not know.
const pluginIds = (await readdir(join(root, 'plugins'))).filter((id) => existsSync(join(root, 'plugins', id, 'package.json')));
// All are packed below, so one that was never built is built as well.
const isBuilt = (id) => existsSync(join(root, 'plugins', id, 'dist', 'main.cjs'));
const wantedPlugins = pluginIds.filter((id) => only === null || only.includes(id) || !isBuilt(id));
const builtPlugins = await Promise.all(
  wantedPlugins.map(async (id) => {
    const folder = join(root, 'plugins', id);
    return { folder, metafile: await bundlePlugin({ folder }) };
  }),
);
if (only === null || only.includes('sdk')) await makeSdkPackage();

const licencesFile = join(root, 'dist', 'licences.txt');
// They are of all bundles, which are known only when all are built.
if (only === null) await writeFile(licencesFile, await licences(built, builtPlugins));

const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json', '.ttf', '.txt']);

/** The page's fixed files, and a gzip beside each file that gains by it: the server sends what lies here as it is. */
async function finishPage() {
  const folder = join(root, 'dist', 'workbench');
  for (const file of ['index.html', 'icon.svg']) {
    await copyFile(join(root, 'core', 'src', 'workbench', file), join(folder, file));
  }
  if (existsSync(licencesFile)) await copyFile(licencesFile, join(folder, 'licences.txt'));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSIBLE.has(extname(entry.name))) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    await writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file), { level: 9 }));
  }
}
if (wanted.some(({ name }) => name === 'workbench')) await finishPage();

/** Packs a plugin: its manifest and its bundle. */
async function pack(id) {
  const read = async (path) => ({ path, content: await readFile(join(root, 'plugins', id, path)), executable: false });
  const target = join(root, 'dist', 'packed', `${id}.tgz`);
  await writeFile(target, makeArchive(await Promise.all(['package.json', 'dist/main.cjs'].map(read))));
  return target;
}

function unpack(archive, folder) {
  const result = spawnSync('tar', ['-xzf', archive, '-C', folder, '--strip-components=1', '--no-same-owner'], {
    stdio: 'inherit',
  });
  if (result.error || result.status !== 0) throw new Error(`cannot unpack ${archive}`);
}

/** A program is a bundle and a starter that runs it with a code cache named by its content. */
async function makeStarter(name) {
  const bundle = await readFile(join(root, 'dist', `${name}.bundle.cjs`));
  const digest = createHash('sha256').update(bundle).digest('hex').slice(0, 16);
  const starter = `module.exports = require('./loadCached.cjs').run(__dirname + '/${name}.bundle.cjs', __dirname + '/cache/${name}.${digest}');\n`;
  await writeFile(join(root, 'dist', `${name}.cjs`), starter);
}
await rm(join(root, 'dist', 'cache'), { recursive: true, force: true });
await mkdir(join(root, 'dist', 'cache'));
for (const name of ['loadCached.cjs', 'conformance.mjs'])
  await copyFile(join(root, 'core', 'bin', name), join(root, 'dist', name));
await Promise.all(['cli', 'sector', 'server', 'packages'].map(makeStarter));

// The plugins appear all at once, so that a program that runs meanwhile finds the old ones or the new ones.
const unpacked = join(root, 'dist', 'plugins.new');
await rm(unpacked, { recursive: true, force: true });
const packed = join(root, 'dist', 'packed');
await mkdir(packed, { recursive: true });
for (const name of await readdir(packed)) if (!pluginIds.includes(basename(name, '.tgz'))) await rm(join(packed, name));
for (const id of pluginIds) {
  const archive = await pack(id);
  const folder = join(unpacked, id);
  await mkdir(folder, { recursive: true });
  unpack(archive, folder);
}
await rm(join(root, 'dist', 'plugins.old'), { recursive: true, force: true });
await rename(join(root, 'dist', 'plugins'), join(root, 'dist', 'plugins.old')).catch(() => undefined);
await rename(unpacked, join(root, 'dist', 'plugins'));
await rm(join(root, 'dist', 'plugins.old'), { recursive: true, force: true });

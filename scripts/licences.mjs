// The licences of what ends up in the bundles, as one text: each package with its version, its terms, and the files in which they stand.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from './shared.mjs';

/** What is no module of a bundle: webpack's own code in each, and what the native addon is compiled with. */
const OTHERS = [
  join(root, 'node_modules', 'webpack'),
  join(root, 'node_modules', 'node-addon-api'),
  join(root, 'native', 'third_party', 'blake3'),
];
/**
 * Of packages that come without a text: Lumino's is its repository's, abstract-logging's and xz-decompress's those that they name; those of npm and SPDX are
 * what their manifests name. A scope's is for all in it.
 */
const GIVEN = {
  '@lumino': 'lumino.txt',
  '@npmcli': 'npmcli.txt',
  'abstract-logging': 'abstract-logging.txt',
  'spdx-exceptions': 'spdx-exceptions.txt',
  'spdx-license-ids': 'spdx-license-ids.txt',
  'xz-decompress': 'xz-decompress.txt',
};
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice|third-?party-?notices?)(?:[.-][\w.-]+)?$/i;
const RULE = '='.repeat(100);

/** Folders of the packages whose modules are in a compilation's chunks. */
function packageFolders({ modules, chunkGraph }) {
  const folders = new Set();
  const visit = (module) => {
    // Of several modules that became one.
    for (const inner of module.modules ?? []) visit(inner);
    // What is external is not inside.
    if (module.externalType) return;
    const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(module.nameForCondition?.() ?? '')?.[0];
    if (folder) folders.add(folder);
  };
  for (const module of modules) if (chunkGraph.getNumberOfModuleChunks(module) > 0) visit(module);
  return folders;
}

/** Folders of the packages of which anything is in a plugin's bundle. @param metafile esbuild's */
function bundledFolders({ outputs }, folder) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.flatMap(([path, { bytesInOutput }]) => {
    const found = bytesInOutput > 0 && /^.*?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
    return found ? [join(folder, found)] : [];
  });
}

/** A package's name, version, terms and texts. @throws where there is no text */
async function describe(folder) {
  const { name, version, license, homepage } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8').catch(() => JSON.stringify({ name: basename(folder) })),
  );
  const own = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  const given = GIVEN[name] ?? GIVEN[name.split('/')[0]];
  const files = own.length === 0 && given ? [join(root, 'scripts', 'licences', given)] : own.map((file) => join(folder, file));
  if (files.length === 0) throw new Error(`${folder} comes without a licence's text: add it to scripts/licences`);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const title = [name, version].filter(Boolean).join(' ');
  const head = [license ? `${title}: ${license}` : title, homepage].filter(Boolean).join('\n');
  return { title, text: [RULE, head, RULE, ...texts.map((text) => text.replaceAll('\r\n', '\n').trim())].join('\n\n') };
}

/**
 * @param compilations webpack's, of all bundles of Diskwright itself
 * @param plugins the plugins' folders with what esbuild says of their bundles
 */
export async function licences(compilations, plugins) {
  const folders = new Set([
    ...compilations.flatMap((compilation) => [...packageFolders(compilation)]),
    ...plugins.flatMap(({ folder, metafile }) => bundledFolders(metafile, folder)),
    ...OTHERS,
  ]);
  // The same version may lie in several places.
  const described = new Map((await Promise.all([...folders].map(describe))).map((each) => [each.title, each]));
  const sorted = [...described.values()].sort((a, b) => (a.title < b.title ? -1 : 1));
  const own = (await readFile(join(root, 'LICENSE'), 'utf8')).trim();
  return [
    'Diskwright is licensed under Apache-2.0, whose text stands at the end.',
    `Its programs contain, in whole or in part:\n\n${sorted.map(({ title }) => `  ${title}`).join('\n')}`,
    ...sorted.map(({ text }) => text),
    [RULE, 'Diskwright: Apache-2.0', RULE, own].join('\n\n'),
    '',
  ].join('\n\n');
}

// What the package of the SDK holds beside its sources' neighbours: `sdk/dist` with JavaScript and types of all modules, and the tools that authors
// build with. Packed as dist/sdk/diskwright-sdk.tgz, which needs no other package, so that an author's `npm install` needs no registry.
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { build, transform } from 'esbuild';
import { writeApiReference } from './apiReference.mjs';
import { digestOf, onceFor, root } from './shared.mjs';

const sdk = join(root, 'sdk');
const dist = join(sdk, 'dist');
const modules = join(root, 'node_modules');

/** Libraries that the SDK is made with, as they are named in its sources: where their code and types lie in the package. */
const LIBRARIES = {
  'vscode-jsonrpc/node': { code: 'vendor/vscode-jsonrpc.cjs', types: 'vendor/vscode-jsonrpc/node/main.js' },
  'zstddec/stream': { code: 'vendor/zstddec.mjs', types: null },
  'xz-decompress': { code: 'vendor/xz-decompress.mjs', types: null },
  typebox: { code: null, types: 'vendor/typebox/index.mjs' },
};

const SOURCE = /^(?!.*(?:\.test\.ts|\/toyFilesystem\.ts|\.d\.ts)$).*\.(?:ts|js|mjs)$/;
const IMPORT = /(\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"]+)\2/g;

/** Node and TypeScript's modern resolutions want whole file names, of which the sources have none. */
function withWholeNames(text, file, kind) {
  return text.replace(IMPORT, (whole, word, quote, name) => {
    const library = LIBRARIES[name]?.[kind];
    if (library) return `${word}${quote}${relativeTo(file, library)}${quote}`;
    if (!name.startsWith('.') || /\.(?:m?js|cjs|json)$/.test(name)) return whole;
    return `${word}${quote}${name}.js${quote}`;
  });
}

function relativeTo(file, target) {
  const path = posix.relative(posix.dirname(file), target);
  return path.startsWith('.') ? path : `./${path}`;
}

async function writeModule(file) {
  const text = await readFile(join(sdk, 'src', file), 'utf8');
  const target = join(dist, file.replace(/\.ts$/, '.js'));
  await mkdir(dirname(target), { recursive: true });
  if (!file.endsWith('.ts')) return writeFile(target, text);
  const { code } = await transform(text, { loader: 'ts', format: 'esm', target: 'node20' });
  await writeFile(target, withWholeNames(code, file, 'code'));
}

async function writeTypes() {
  const compiler = join(modules, 'ts7', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', join(sdk, 'tsconfig.package.json')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the types of the SDK: ${stdout}`);
  for (const entry of await readdir(dist, { recursive: true })) {
    if (!entry.endsWith('.d.ts') || entry.startsWith('vendor')) continue;
    const text = await readFile(join(dist, entry), 'utf8');
    await writeFile(join(dist, entry), withWholeNames(text, entry, 'types'));
  }
  // Compiled at build from the schemas: their types are written beside them.
  for (const file of ['documents.d.ts', 'validators.d.ts']) {
    const text = await readFile(join(sdk, 'src', 'protocol', 'generated', file), 'utf8');
    await writeFile(join(dist, 'protocol', 'generated', file), withWholeNames(text, `protocol/generated/${file}`, 'types'));
  }
}

/** Libraries that are WebAssembly inside one file: as modules, whatever form they come in. */
async function bundleLibrary(name, exported, licence) {
  await build({
    stdin: { contents: `export { ${exported} } from '${name}';`, resolveDir: root },
    outfile: join(dist, LIBRARIES[name].code),
    bundle: true,
    platform: 'neutral',
    mainFields: ['main'],
    format: 'esm',
    target: 'node20',
    external: ['stream/web'],
    logLevel: 'warning',
  });
  await cp(licence, join(dist, 'vendor', `${name.split('/')[0]}.LICENSE`));
}

async function copyLibraries() {
  await bundleLibrary('zstddec/stream', 'ZSTDDecoder', join(modules, 'zstddec', 'LICENSE'));
  await bundleLibrary('xz-decompress', 'XzReadableStream', join(root, 'scripts', 'licences', 'xz-decompress.txt'));
  const names =
    'AbstractMessageReader, AbstractMessageWriter, CancellationTokenSource, createMessageConnection, ErrorCodes, Message, NotificationType, ParameterStructures, RequestType, ResponseError';
  const entry = `export { ${names} } from 'vscode-jsonrpc/node';`;
  await build({
    stdin: { contents: entry, resolveDir: root },
    outfile: join(dist, 'vendor', 'vscode-jsonrpc.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  await cp(join(modules, 'vscode-jsonrpc', 'lib'), join(dist, 'vendor', 'vscode-jsonrpc'), {
    recursive: true,
    filter: (path) => !/\.js$|\/browser$/.test(path),
  });
  await cp(join(modules, 'vscode-jsonrpc', 'License.txt'), join(dist, 'vendor', 'vscode-jsonrpc', 'License.txt'));
  await cp(join(modules, 'typebox', 'build'), join(dist, 'vendor', 'typebox'), {
    recursive: true,
    filter: (path) => !/\.mjs$/.test(path) || path.endsWith('.d.mts'),
  });
  await cp(join(modules, 'typebox', 'license'), join(dist, 'vendor', 'typebox', 'license'));
}

async function copyTools() {
  const tools = join(dist, 'tools');
  const platform = `${process.platform}-${process.arch}`;
  await mkdir(join(tools, 'esbuild'), { recursive: true });
  await cp(join(modules, 'esbuild', 'lib', 'main.js'), join(tools, 'esbuild', 'main.cjs'));
  await cp(join(modules, 'esbuild', 'LICENSE.md'), join(tools, 'esbuild', 'LICENSE.md'));
  await cp(join(modules, '@esbuild', platform, 'bin', 'esbuild'), join(tools, 'esbuild', platform));
  await chmod(join(tools, 'esbuild', platform), 0o755);
  await mkdir(join(tools, 'typescript'), { recursive: true });
  const typescript = join(modules, 'typescript');
  await cp(join(typescript, 'lib', '_tsc.js'), join(tools, 'typescript', 'tsc.cjs'));
  for (const file of await readdir(join(typescript, 'lib')))
    if (/^lib\..*\.d\.ts$/.test(file) && !/\.(?:webworker|scripthost)\b/.test(file))
      await cp(join(typescript, 'lib', file), join(tools, 'typescript', file));
  for (const file of ['LICENSE.txt', 'ThirdPartyNoticeText.txt'])
    await cp(join(typescript, file), join(tools, 'typescript', file));
  await cp(join(modules, '@types', 'node'), join(tools, 'types', 'node'), { recursive: true });
  await cp(join(modules, 'undici-types'), join(tools, 'types', 'undici-types'), { recursive: true });
}

/** Packs `sdk` by npm, whose rules of what belongs into a package are those that authors know. */
async function pack() {
  const folder = join(root, 'dist', 'sdk');
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const { status, stderr } = spawnSync(
    'npm',
    ['pack', sdk, '--pack-destination', fresh, '--ignore-scripts', '--offline', '--loglevel', 'error'],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`npm pack of the SDK: ${stderr}`);
  await cp(join(sdk, 'templates'), join(fresh, 'templates'), { recursive: true });
  await cp(join(dist, 'api'), join(fresh, 'api'), { recursive: true });
  await rename(fresh, folder);
}

async function make() {
  for (const made of [dist, join(root, 'dist', 'sdk')]) await rm(made, { recursive: true, force: true });
  const files = (await readdir(join(sdk, 'src'), { recursive: true })).filter(
    (file) => SOURCE.test(file) && !file.startsWith('protocol/schemas/'),
  );
  await Promise.all(files.map(writeModule));
  await copyLibraries();
  await writeTypes();
  await copyTools();
  await writeApiReference(join(dist, 'api'));
  await pack();
}

/** Makes the package of the SDK when anything of it has changed. */
export async function makeSdkPackage() {
  const inputs = [
    'sdk/src',
    'sdk/src/build',
    'sdk/package.json',
    'sdk/protocol.json',
    'sdk/tsconfig.plugin.json',
    'sdk/examples',
    'sdk/templates',
  ];
  let making = Promise.resolve();
  onceFor(
    'sdk',
    digestOf(...inputs, 'scripts/sdkPackage.mjs', 'scripts/apiReference.mjs', 'package-lock.json'),
    'dist/sdk',
    () => (making = make()),
  );
  await making;
}

/** Packages of plugins, made at test time. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { build } from 'esbuild';
import { signPackage } from '../../core/src/host/plugins/trust/signPackage';
import { projectFolder } from './cli';

export interface TarEntry {
  path: string;
  content?: string | Buffer;
  type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'BlockDevice' | 'FIFO';
  mode?: number;
  linkpath?: string;
  /** The size that the header tells, where it is another than the content's. */
  size?: number;
}

/** The bytes of a tar archive of these entries, written as they are. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ path, content = '', type = 'File', mode = 0o644, linkpath, size }) => {
    const body = Buffer.from(content);
    const header = new Header({ path, type, mode, linkpath, size: size ?? body.length, mtime: new Date(499162500000) });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** A package.json that is right, with some of it changed. */
export function manifest(changes: object = {}, section: object = {}): object {
  return {
    name: '@vendor/echo',
    version: '1.0.0',
    engines: { diskwright: '^0.1.0' },
    diskwright: {
      main: 'main.cjs',
      displayName: 'Echo',
      contributes: { commands: [echoCommand] },
      ...section,
    },
    ...changes,
  };
}

export const echoCommand = {
  id: 'echo.say',
  title: 'Say which version answers',
  returns: 'value',
  input: { type: 'object', properties: { word: { type: 'string' } } },
  cli: { path: ['echo', 'say'], positionals: ['word'] },
  placement: ['tools'],
};

/** The files of a package in its folder. */
export const packed = (packageJson: unknown, main = '', more: readonly TarEntry[] = []): TarEntry[] => [
  { path: 'package/package.json', content: typeof packageJson === 'string' ? packageJson : JSON.stringify(packageJson) },
  { path: 'package/main.cjs', content: main },
  ...more,
];

/** Writes a `.tgz`; answers its path. */
export async function writePackage(path: string, entries: readonly TarEntry[]): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, gzipSync(tarOf(entries)));
  return path;
}

/** A vendor's key, in PEM. */
export const vendorKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The entries of a package, with a signature over them. */
export function signed(entries: readonly TarEntry[], key: string): TarEntry[] {
  const files = entries.map(({ path, content = '' }) => ({
    path: path.replace(/^package\//, ''),
    content: Buffer.from(content),
  }));
  const { path, content } = signPackage(files, key);
  return [...entries, { path: `package/${path}`, content }];
}

/** Compiles the source of a plugin, which imports the SDK, into one bundle. */
export async function bundle(source: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, resolveDir: join(projectFolder, 'test', 'support'), loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['diskwright-source'],
    logLevel: 'error',
  });
  return result.outputFiles[0]!.text;
}

/** Answers its version; what it does when it tests itself is for `selfTest` to say, a body of a function. */
export function echoMain(version: string, selfTest = ''): Promise<string> {
  return bundle(`
    import { definePlugin } from '@diskwright/sdk';
    export default definePlugin({
      selfTest: async () => { ${selfTest} },
      commands: { 'echo.say': { execute: async (input) => ({ kind: 'value', value: { version: '${version}', word: input.word } }) } },
    });
  `);
}

/** A package of the echo plugin in a version. */
export async function echoPackage(folder: string, version: string, selfTest = ''): Promise<string> {
  return writePackage(join(folder, `echo-${version}.tgz`), await echoEntries(version, selfTest));
}

/** What is in it. @param section what its manifest says besides */
export async function echoEntries(version: string, selfTest = '', section: object = {}): Promise<TarEntry[]> {
  return packed(manifest({ version }, section), await echoMain(version, selfTest));
}

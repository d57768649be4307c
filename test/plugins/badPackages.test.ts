/** Packages that are refused, each with its reason, and none leaves anything behind. All are made here. */
import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RefusedError } from '@diskwright/sdk/errors';
import { testPlugin } from '../../core/src/host/authoring/testPlugin';
import { createHost, type Host } from '../../core/src/host/host';
import { projectFolder } from '../support/cli';
import {
  echoCommand,
  echoEntries,
  manifest,
  packed,
  signed,
  tarOf,
  type TarEntry,
  vendorKey,
  writePackage,
} from '../support/pluginPackages';

const MIB = 1024 * 1024;
const good = packed(manifest());
/** The good package with one entry more. */
const and = (...entries: TarEntry[]): TarEntry[] => [...good, ...entries];
const file = (path: string, more: Partial<TarEntry> = {}): TarEntry => ({ path, content: 'x', ...more });
const link = (path: string, linkpath: string, type: 'SymbolicLink' | 'Link' = 'SymbolicLink'): TarEntry[] =>
  and({ path, type, linkpath });
const node = (type: TarEntry['type']): TarEntry[] => and({ path: 'package/node', type });
const withSection = (section: object): TarEntry[] => packed(manifest({}, section));
const withManifest = (changes: object): TarEntry[] => packed(manifest(changes));
const contributing = (contributes: object): TarEntry[] => withSection({ contributes });
const gzipped = (entries: TarEntry[]): Buffer => gzipSync(tarOf(entries));
const broken = (change: (tar: Buffer) => Buffer): Buffer => gzipSync(change(tarOf(good)));

const key = vendorKey();
const signature = 'package/diskwright.signature.json';
/** Another version, signed by the right vendor, and then changed. */
const tampered = (change: (entries: TarEntry[]) => TarEntry[]): TarEntry[] =>
  change(signed(packed(manifest({ version: '2.0.0' })), key));
const withSignature = (content: string): TarEntry[] =>
  tampered((entries) => [...entries.slice(0, -1), { path: signature, content }]);

/** Name, what is in the archive (entries, or its bytes), what is told. */
const ARCHIVES: [name: string, content: TarEntry[] | Buffer | (() => Buffer), reason: RegExp][] = [
  ['a path that climbs', and(file('package/../../evil')), /leads out of the package/],
  ['a path that climbs at its start', and(file('../evil')), /leads out of the package/],
  ['a path that climbs within', and(file('package/a/../../b')), /leads out of the package/],
  ['an absolute path', and(file('/etc/evil')), /absolute path/],
  ['a path with two slashes at its start', and(file('//evil')), /absolute path/],
  ['a path of Windows', and(file('package/C:/evil')), /absolute path/],
  ['a path with backslashes', and(file('package/..\\evil')), /backslash/],
  ['a path with a control character', and(file('package/a\u001b[2Jb')), /control character/],
  ['a path with a line break', and(file('package/a\nb')), /control character/],
  ['a path with an empty part', and(file('package/a//b')), /empty part/],
  ['a path with a dot', and(file('package/./a')), /empty part/],
  ['a file beside the folder', and(file('other/a')), /lies outside of the package's folder/],
  ['a file without a folder', and(file('evil')), /lies outside of the package's folder/],
  ['a symbolic link out', link('package/l', '/etc/passwd'), /is a link to "\/etc\/passwd"/],
  ['a symbolic link up', link('package/l', '../..'), /is a link/],
  ['a symbolic link inside', link('package/l', 'main.cjs'), /is a link/],
  ['a hard link out', link('package/l', '/etc/passwd', 'Link'), /is a link/],
  ['a hard link inside', link('package/l', 'package/main.cjs', 'Link'), /is a link/],
  ['a file through a link', [...link('package/l', '/tmp'), file('package/l/evil')], /is a link/],
  ['a character device', node('CharacterDevice'), /CharacterDevice/],
  ['a block device', node('BlockDevice'), /BlockDevice/],
  ['a named pipe', node('FIFO'), /FIFO/],
  ['the network', withSection({ capabilities: ['network'] }), /lets no plugin open a connection/],
  ['a program', withSection({ capabilities: ['exec:resize2fs'] }), /lets no plugin start a program/],
  ['files to read', withSection({ capabilities: ['files.read:home'] }), /lets no plugin read files/],
  ['files to write', withSection({ capabilities: ['files.write:home'] }), /below a folder that the user picked/],
  ['set-user-id', and(file('package/su', { mode: 0o4755 })), /set-user-id/],
  ['set-group-id', and(file('package/sg', { mode: 0o2755 })), /set-user-id/],
  ['the sticky bit', and(file('package/st', { mode: 0o1644 })), /set-user-id/],
  ['the same file twice', and(file('package/main.cjs')), /is there twice/],
  ['files that differ in case', and(file('package/Main.cjs')), /upper and lower case/],
  ['folders that differ in case', and(file('package/a/x'), file('package/A/y')), /upper and lower case/],
  ['accents written in two ways', and(file('package/\u00e9'), file('package/e\u0301')), /upper and lower case/],
  ['a file under a file', and(file('package/main.cjs/x')), /is there twice/],
  ['a folder in the place of a file', and({ path: 'package/main.cjs/', type: 'Directory' }), /is there twice/],
  ['too many folders within each other', and(file(`package/${'d/'.repeat(33)}f`)), /more than 32 folders/],
  [
    'too many files',
    () => gzipped(and(...Array.from({ length: 10_001 }, (_, i) => file(`package/f${i}`)))),
    /more than 10000 files/,
  ],
  ['a file that is too large', and(file('package/f', { size: 65 * MIB })), /68157440 bytes; 67108864 is the most/],
  ['a size that is beyond all', and(file('package/f', { size: 7 * 1024 ** 3 })), /is the most/],
  ['a bomb', () => gzipped(and(file('package/zeros', { content: Buffer.alloc(40 * MIB) }))), /unpacks to more than 100 times/],
  ['a bomb of headers', () => gzipSync(Buffer.alloc(64 * MIB)), /refused/],
  ['an archive packed twice', () => gzipSync(gzipped(good)), /compressed twice/],
  ['a size longer than the archive', and(file('package/f', { size: 5000 })), /refused/],
  ['a cut archive', () => gzipped(good).subarray(0, 200), /refused/],
  ['a tar archive that is cut', () => broken((tar) => tar.subarray(0, 700)), /refused/],
  ['a wrong checksum of a header', () => broken((tar) => (tar.writeUInt8(tar[148]! ^ 1, 148), tar)), /refused/],
  ['no archive at all', Buffer.from('this is text'), /refused/],
  ['an empty file', Buffer.alloc(0), /refused/],
  ['an empty archive', [], /it is empty|refused/],
  ['a damaged archive', () => gzipped(good).fill(0x55, 100, 140), /refused/],
  ['no package.json', [file('package/main.cjs')], /cannot be read/],
  ['a package.json that is no JSON', packed('{'), /cannot be read/],
  ['a package.json that is a list', packed('[]'), /refused/],
  ['a package.json of two mebibytes', packed(`"${'x'.repeat(2 * MIB)}"`), /larger than|unpacks to/],
  ['no name', withManifest({ name: undefined }), /name/],
  ['a name that climbs', withManifest({ name: '../evil' }), /name/],
  ['a name with an upper-case letter', withManifest({ name: 'Evil' }), /name/],
  ['a name that begins with a dot', withManifest({ name: '.index.json' }), /name/],
  [
    'the id of another package',
    withManifest({ name: 'vendor.echo' }),
    /the id vendor\.echo of vendor\.echo is that of @vendor\/echo/,
  ],
  [
    'the id of one that comes with Diskwright',
    withManifest({ name: 'fs-ext' }),
    /the id fs-ext of fs-ext is that of @diskwright\/fs-ext/,
  ],
  ['no version', withManifest({ version: undefined }), /version/],
  ['a version that climbs', withManifest({ version: '1.0.0/../..' }), /version/],
  ['a version without end', withManifest({ version: `1.0.0-${'a'.repeat(300)}` }), /version/],
  ['no engines', withManifest({ engines: undefined }), /engines/],
  ['engines that are no range', withManifest({ engines: { diskwright: 'soon' } }), /no version range/],
  ['engines of another Diskwright', withManifest({ engines: { diskwright: '^99.0.0' } }), /made for Diskwright \^99/],
  ['no section', withManifest({ diskwright: undefined }), /diskwright/],
  ['an unknown key', withSection({ wishes: true }), /wishes/],
  ['a bundle that is not there', withSection({ main: 'gone.cjs' }), /is not there/],
  ['a bundle outside', withSection({ main: '../../etc/passwd' }), /lies outside/],
  ['an absolute bundle', withSection({ main: '/etc/passwd' }), /lies outside/],
  ['a bundle that is a folder', packed(manifest({}, { main: 'd' }), '', [file('package/d/x')]), /is no file/],
  ['two commands with one id', contributing({ commands: [echoCommand, echoCommand] }), /is the id of/],
  ['the command of another plugin', [...packed(manifest({ name: '@vendor/thief' }))], /the command echo\.say is that of/],
  [
    'words of a command of Diskwright',
    contributing({ commands: [{ ...echoCommand, id: 'x.y', cli: { path: ['clone', 'disk'], positionals: [] } }] }),
    /"diskwright clone disk" is that of/,
  ],
  ['a setting of Diskwright', contributing({ settings: { 'workbench.theme': { type: 'string', default: '' } } }), /setting/],
  ['a capability that there is not', withSection({ capabilities: ['root'] }), /capabilities/],
  ['a need that nobody meets', withSection({ requires: [{ service: 'moon', range: '*' }] }), /it needs moon/],
  ['a need that is no range', withSection({ requires: [{ service: 'filesystem', range: 'new' }] }), /no version range/],
  ['another content in the same version', signed(packed(manifest(), '// another'), key), /already, with another content/],
  [
    'a file that was changed after signing',
    tampered((all) => all.with(1, file('package/main.cjs'))),
    /signature of vendor\.echo does not fit/,
  ],
  ['a file that was added after signing', tampered((all) => [...all, file('package/more.cjs')]), /does not fit its content/],
  ['a signature of nothing', withSignature('{}'), /is no signature/],
  ['a signature that is no JSON', withSignature('signed!'), /is no signature/],
  ['a signature without end', withSignature(`"${'x'.repeat(5000)}"`), /is no signature/],
  ['the key of somebody else', signed(packed(manifest({ version: '2.0.0' })), vendorKey()), /signed with another key, SHA256:/],
  ['no signature where there was one', packed(manifest({ version: '2.0.0' })), /it is not signed/],
];

let folder: string;
let host: Host;
let before: string[];
const leftIn = async (): Promise<string[]> => (await readdir(join(folder, 'home', 'plugins'), { recursive: true })).sort();
beforeAll(async () => {
  process.env['DISKWRIGHT_DIST'] = join(projectFolder, 'dist');
  process.env['DISKWRIGHT_NATIVE'] = join(projectFolder, 'native', 'build', 'Release');
  folder = await mkdtemp(join(tmpdir(), 'diskwright-bad-'));
  await mkdir(join(folder, 'home'));
  host = await createHost({ dataFolder: join(folder, 'home') });
  const first = await writePackage(join(folder, 'echo.tgz'), signed(await echoEntries('1.0.0'), key));
  await host.pluginInstaller.install(first, { cwd: folder });
  before = await leftIn();
}, 120_000);
afterAll(async () => {
  await host.dispose();
  await rm(folder, { recursive: true, force: true });
});

test.each(ARCHIVES)('%s is refused', async (_name, content, reason) => {
  const path = join(folder, 'bad.tgz');
  if (Array.isArray(content)) await writePackage(path, content);
  else await writeFile(path, typeof content === 'function' ? content() : content);
  const error = await host.pluginInstaller.install(path, { cwd: folder }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RefusedError);
  const { message, detail } = error as RefusedError;
  expect([message, ...(detail.details ?? [])].join('\n')).toMatch(reason);
  expect(await leftIn()).toEqual(before);
});

test('a package that an installation refuses fails "plugin test" as well', async () => {
  const path = await writePackage(join(folder, 'bad.tgz'), link('package/l', '/etc/passwd'));
  const nothing = { volumes: [], conformance: null, say: () => undefined };
  const test = { ...nothing, path, programFolder: join(projectFolder, 'dist'), signal: new AbortController().signal };
  await expect(testPlugin(test)).rejects.toThrow(/is a link to/);
});

test('the corpus has at least 60 packages', () => {
  expect(ARCHIVES.length).toBeGreaterThanOrEqual(60);
});

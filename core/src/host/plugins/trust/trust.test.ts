import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageDigest, SIGNATURE_FILE } from './packageDigest';
import { PinFile } from './pinFile';
import { type PackageSignature, signPackage } from './signPackage';
import { keyFingerprint, makeVendorKey } from './vendorKey';
import { verifyPackage } from './verifyPackage';

/** Signs a folder; answers what stands in the signature. */
async function signFolder(folder: string, key: string): Promise<PackageSignature> {
  const paths = ['package.json', 'dist/main.cjs'];
  const files = await Promise.all(paths.map(async (path) => ({ path, content: await readFile(join(folder, path)) })));
  const { path, content } = signPackage(files, key);
  await writeFile(join(folder, path), content);
  return JSON.parse(content.toString()) as PackageSignature;
}

const privateKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

async function makePackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'diskwright-trust-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'package.json'), '{"name":"@vendor/plugin"}');
  await writeFile(join(folder, 'dist', 'main.cjs'), 'module.exports = 1;');
  return folder;
}

test('a signed package is new at first, then pinned', async () => {
  const folder = await makePackage();
  const { publicKey } = await signFolder(folder, privateKey());
  expect(await verifyPackage(folder, 'plugin', {})).toEqual({ publicKey, trust: 'new' });
  expect(await verifyPackage(folder, 'plugin', { plugin: publicKey })).toEqual({ publicKey, trust: 'pinned' });
});

test('OpenSSL finds the signature good, too', async () => {
  const folder = await makePackage();
  const { publicKey, signature } = await signFolder(folder, privateKey());
  const outside = await makePackage();
  await writeFile(join(outside, 'digest'), await packageDigest(folder));
  await writeFile(join(outside, 'signature'), Buffer.from(signature, 'base64'));
  await writeFile(join(outside, 'key'), Buffer.from(publicKey, 'base64'));
  const path = (name: string): string => join(outside, name);
  const args = ['-verify', '-pubin', '-keyform', 'DER', '-inkey', path('key'), '-rawin', '-in', path('digest')];
  const said = execFileSync('openssl', ['pkeyutl', ...args, '-sigfile', path('signature')], { encoding: 'utf8' });
  expect(said).toContain('Verified Successfully');
});

test('another key, or none where there was one, needs consent', async () => {
  const folder = await makePackage();
  const { publicKey } = await signFolder(folder, privateKey());
  expect((await verifyPackage(folder, 'plugin', { plugin: 'another' })).trust).toBe('changed');
  await rm(join(folder, SIGNATURE_FILE));
  expect(await verifyPackage(folder, 'plugin', { plugin: publicKey })).toEqual({ publicKey: null, trust: 'changed' });
});

test('an unsigned package is allowed and told', async () => {
  expect(await verifyPackage(await makePackage(), 'plugin', {})).toEqual({ publicKey: null, trust: 'unsigned' });
});

test.each<[string, (folder: string) => Promise<unknown>]>([
  ['a file was changed', (folder) => writeFile(join(folder, 'dist', 'main.cjs'), 'module.exports = 2;')],
  ['a file was added', (folder) => writeFile(join(folder, 'dist', 'more.cjs'), '')],
  ['a file was removed', (folder) => rm(join(folder, 'dist', 'main.cjs'))],
  ['a file was moved', (folder) => cp(join(folder, 'dist'), join(folder, 'lib'), { recursive: true })],
  ['the signature is of another key', (folder) => changeSignature(folder, { publicKey: publicKeyOf('ed25519') })],
  ['the key is of another kind', (folder) => changeSignature(folder, { publicKey: publicKeyOf('ed448') })],
  ['the signature is nothing', (folder) => changeSignature(folder, { signature: '' })],
  ['the signature is no JSON', (folder) => writeFile(join(folder, SIGNATURE_FILE), '{')],
  ['the signature has no end', (folder) => truncate(join(folder, SIGNATURE_FILE), 2 ** 40)],
  ['the signature is a link', (folder) => linkSignature(folder)],
  ['the signature lacks a field', (folder) => writeFile(join(folder, SIGNATURE_FILE), '{"format":1}')],
  ['a link was added', (folder) => symlink('/etc/passwd', join(folder, 'link'))],
])('a signed package is refused when %s', async (_, damage) => {
  const folder = await makePackage();
  await signFolder(folder, privateKey());
  await damage(folder);
  await expect(verifyPackage(folder, 'plugin', {})).rejects.toThrow(/signature|neither a file nor a folder/);
});

test('only an Ed25519 key signs', () => {
  const other = generateKeyPairSync('ed448').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(() => signPackage([], other)).toThrow(/ed448, not Ed25519/);
  expect(() => signPackage([], 'nothing')).toThrow(/no private key/);
});

test('a key that is made signs, is for its owner alone, and is never written over', async () => {
  const folder = await makePackage();
  const file = join(folder, '..', `${basename(folder)}.pem`);
  onTestFinished(() => rm(file, { force: true }));
  const fingerprint = await makeVendorKey(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { publicKey } = await signFolder(folder, await readFile(file, 'utf8'));
  expect(keyFingerprint(publicKey)).toBe(fingerprint);
  await expect(makeVendorKey(file)).rejects.toThrow(/is there already/);
});

test('pins are kept, many at once', async () => {
  const folder = await makePackage();
  const file = new PinFile(folder);
  await Promise.all(Array.from({ length: 10 }, (_, index) => new PinFile(folder).pin(`plugin${index}`, `key${index}`)));
  await file.pin('plugin0', null);
  expect(await file.read()).toMatchObject({ plugin0: null, plugin9: 'key9' });
  expect(Object.keys(await file.read())).toHaveLength(10);
});

test('a damaged file of pins is not taken for an empty one', async () => {
  const folder = await makePackage();
  await writeFile(join(folder, 'pluginKeys.json'), '[');
  await expect(new PinFile(folder).read()).rejects.toThrow(/is damaged/);
  await expect(new PinFile(folder).pin('plugin', null)).rejects.toThrow(/is damaged/);
});

function publicKeyOf(kind: 'ed25519' | 'ed448'): string {
  const { publicKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448');
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}

/** To where it lies outside of the package. */
async function linkSignature(folder: string): Promise<void> {
  const outside = `${folder}.signature`;
  onTestFinished(() => rm(outside, { force: true }));
  await rename(join(folder, SIGNATURE_FILE), outside);
  await symlink(outside, join(folder, SIGNATURE_FILE));
}

async function changeSignature(folder: string, change: Record<string, string>): Promise<void> {
  const path = join(folder, SIGNATURE_FILE);
  const signature = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...signature, ...change }));
}

import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageDigest, SIGNATURE_FILE } from './packageDigest';
import { PinFile } from './pinFile';
import { signPackage } from './signPackage';
import { verifyPackage } from './verifyPackage';

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
  const { publicKey } = await signPackage(folder, privateKey());
  expect(await verifyPackage(folder, 'plugin', {})).toEqual({ publicKey, trust: 'new' });
  expect(await verifyPackage(folder, 'plugin', { plugin: publicKey })).toEqual({ publicKey, trust: 'pinned' });
});

test('OpenSSL finds the signature good, too', async () => {
  const folder = await makePackage();
  const { publicKey, signature } = await signPackage(folder, privateKey());
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
  const { publicKey } = await signPackage(folder, privateKey());
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
  ['the signature lacks a field', (folder) => writeFile(join(folder, SIGNATURE_FILE), '{"format":1}')],
  ['a link was added', (folder) => symlink('/etc/passwd', join(folder, 'link'))],
])('a signed package is refused when %s', async (_, damage) => {
  const folder = await makePackage();
  await signPackage(folder, privateKey());
  await damage(folder);
  await expect(verifyPackage(folder, 'plugin', {})).rejects.toThrow(/signature|neither a file nor a folder/);
});

test('only an Ed25519 key signs', async () => {
  const folder = await makePackage();
  const other = generateKeyPairSync('ed448').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await expect(signPackage(folder, other)).rejects.toThrow(/ed448, not Ed25519/);
  await expect(signPackage(folder, 'nothing')).rejects.toThrow(/no private key/);
});

test('pins are kept, many at once', async () => {
  const folder = await makePackage();
  const file = new PinFile(folder);
  await Promise.all(Array.from({ length: 10 }, (_, index) => new PinFile(folder).pin(`plugin${index}`, `key${index}`)));
  await file.pin('plugin0', null);
  await file.forget('plugin1');
  expect(await file.read()).toMatchObject({ plugin0: null, plugin9: 'key9' });
  expect(Object.keys(await file.read())).toHaveLength(9);
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

async function changeSignature(folder: string, change: Record<string, string>): Promise<void> {
  const path = join(folder, SIGNATURE_FILE);
  const signature = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...signature, ...change }));
}

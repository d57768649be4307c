import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blkid, openContainer, type OpenedContainer, runTool, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import plugin from './main';
import { Container, PASSPHRASE, QUICK_KEY } from './testing/makeContainer';
import { rewriteMetadata } from './testing/rewriteMetadata';

const provider = plugin.containers!['luks']!;
const MIB = 1024 * 1024;
const content = new SeededRandom(1, 0).bytes(MIB + 4096 * 5);

function container(passphrase?: string): Container {
  const made = new Container(passphrase);
  onTestFinished(() => made.remove());
  return made;
}

/** Made by the first test that asks for it, removed behind the last one of the file. */
function once(make: () => Container): () => Container {
  let made: Container | null = null;
  afterAll(() => made?.remove());
  return () => (made ??= make());
}

function copyOf(original: Container): Container {
  const made = container();
  copyFileSync(original.path, made.path);
  return made;
}

async function open({ path }: Container, secret: string | null = PASSPHRASE): Promise<OpenedContainer['container']> {
  const opened = await openContainer(provider, [path], secret);
  onTestFinished(() => opened.close());
  return opened.container;
}

describe.skipIf(toolsMissing('cryptsetup'))('keys', () => {
  test('of any slot open it, and what is told says which', async () => {
    const made = container().format(20 * MIB, '--type', 'luks2', '--label', 'Safe', ...QUICK_KEY);
    const second = join(made.folder, 'second');
    writeFileSync(second, 'another');
    runTool('cryptsetup', ['luksAddKey', '-q', '--key-file', made.keyFile, '--key-slot', '5', ...QUICK_KEY, made.path, second]);
    const { label, uuid, details } = (await open(made, 'another')).describe();
    expect({ label, uuid }).toEqual({ label: 'Safe', uuid: blkid(made.path)['UUID'] });
    expect(details).toContainEqual(['opened by', 'key slot 5']);
    expect(details).toContainEqual(['key slots', '0 (PBKDF2, 1000 rounds), 5 (PBKDF2, 1000 rounds)']);
    await expect(open(made, 'wrong')).rejects.toMatchObject({
      code: 'SecretNeeded',
      message: 'the passphrase fits none of the 2 key slots',
      detail: { wrong: true },
    });
    await expect(open(made, null)).rejects.toMatchObject({ code: 'SecretNeeded', detail: { wrong: false } });
  });

  test('are files of any bytes, as the tool takes them, or their first line', async () => {
    const made = container('a line\n').format(20 * MIB, '--type', 'luks2', ...QUICK_KEY);
    const bytes = Buffer.from('00ff0a80c30d0a', 'hex');
    writeFileSync(join(made.folder, 'bytes'), bytes);
    runTool('cryptsetup', ['luksAddKey', '-q', '--key-file', made.keyFile, ...QUICK_KEY, made.path, join(made.folder, 'bytes')]);
    const slotOf = async (secret: string | null, keyFile: Buffer): Promise<unknown> => {
      const opened = await openContainer(provider, [made.path], secret, keyFile);
      onTestFinished(() => opened.close());
      return new Map(opened.container.describe().details).get('opened by');
    };
    expect(await slotOf(null, bytes)).toBe('key slot 1');
    expect(await slotOf('a line', Buffer.from('a line\n'))).toBe('key slot 0');
    await expect(slotOf('a line', Buffer.from('a line'))).rejects.toMatchObject({
      code: 'SecretNeeded',
      detail: { wrong: true },
    });
  });

  test('that are bound to no data are not tried', async () => {
    const made = container().format(20 * MIB, '--type', 'luks2', ...QUICK_KEY);
    runTool('cryptsetup', [
      'luksAddKey',
      '-q',
      '--unbound',
      '--key-size',
      '512',
      '--key-slot',
      '3',
      ...QUICK_KEY,
      made.path,
      made.keyFile,
    ]);
    expect((await open(made)).describe().details).toContainEqual(['key slots', '0 (PBKDF2, 1000 rounds)']);
  });
});

describe.skipIf(toolsMissing('cryptsetup'))('headers of version 2', () => {
  const HEADER = 16384;
  const whole = once(() => new Container().encrypt(content, '--sector-size', '512'));
  const made = (): Container => copyOf(whole());

  async function warned(damaged: Container): Promise<string> {
    const opened = await open(damaged);
    expect((await opened.device('luks').read(0, MIB, new AbortController().signal)).equals(content.subarray(0, MIB))).toBe(true);
    return opened.describe().warnings.join();
  }

  test('the first is damaged', async () => {
    expect(await warned(made().patch(5000, [1, 2, 3]))).toMatch(
      /^The first of the two LUKS headers is damaged. The second one, at byte 16384/,
    );
  });

  test('the first is gone, with the beginning of the volume', async () => {
    expect(await warned(made().patch(0, Buffer.alloc(4096)))).toMatch(/^The first of the two LUKS headers is damaged/);
  });

  test('the first names a checksum that is not known', async () => {
    expect(await warned(made().patch(72, Buffer.from('tiger\0')))).toMatch(/^The first of the two LUKS headers is damaged/);
  });

  test('the second is damaged', async () => {
    expect(await warned(made().patch(HEADER + 100, [1, 2, 3]))).toMatch(
      /^The second of the two LUKS headers is damaged. The first one, at byte 0/,
    );
  });

  test('the second is older', async () => {
    const old = made();
    const before = old.peek(HEADER, HEADER);
    old.cryptsetup('config', '--label', 'new');
    old.patch(HEADER, before);
    expect(await warned(old)).toMatch(/^The second of the two LUKS headers is older/);
    expect((await open(old)).describe().label).toBe('new');
  });

  test.each([
    [0, 'A'],
    [3, 'AAAA'],
    [90, 'A'.repeat(120)],
  ])('a digest of %i bytes, which would fit any key or be only work, is refused', async (bytes, digest) => {
    const changed = made();
    rewriteMetadata(changed, (text) => text.replace(/(?<="digest":)"[^"]+"/, `"${digest}"`));
    await expect(open(changed, 'wrong')).rejects.toMatchObject({
      code: 'DamagedStructure',
      message: `the LUKS header is damaged: the digest of its key would have ${bytes} bytes`,
    });
  });

  test('a header that was one of version 1, with its shorter digest', async () => {
    const converted = container().write(content);
    converted.cryptsetup('convert', '--type', 'luks2');
    expect((await open(converted)).describe().details).toContainEqual(['version', 'LUKS2']);
    await expect(open(converted, 'wrong')).rejects.toMatchObject({ code: 'SecretNeeded', detail: { wrong: true } });
  });

  test('both are damaged', async () => {
    await expect(
      open(
        made()
          .patch(5000, [1])
          .patch(HEADER + 5000, [1]),
      ),
    ).rejects.toMatchObject({
      code: 'DamagedStructure',
      message: expect.stringContaining('neither of its two copies is whole'),
    });
  });
});

describe.skipIf(toolsMissing('cryptsetup'))('refused by its name', () => {
  const whole = once(() => {
    const made = new Container().format(3 * MIB, '--type', 'luks2', '--luks2-keyslots-size', '512k', ...QUICK_KEY);
    runTool('cryptsetup', ['luksAddKey', '-q', '--key-file', made.keyFile, ...QUICK_KEY, made.path, made.keyFile]);
    return made;
  });

  function rewritten(change: (text: string) => string): Container {
    const made = copyOf(whole());
    rewriteMetadata(made, change);
    return made;
  }

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'encryption that goes on',
      (text) => text.replace('"config":{', '"config":{"requirements":{"mandatory":["online-reencrypt-v2"]},'),
      /encrypted anew.*"online-reencrypt-v2"/,
    ],
    [
      'an unknown requirement',
      (text) => text.replace('"config":{', '"config":{"requirements":{"mandatory":["x-new"]},'),
      /"x-new"/,
    ],
    [
      'checksums of sectors',
      (text) => text.replace('"type":"crypt"', '"type":"crypt","integrity":{"type":"hmac(sha256)"}'),
      /dm-integrity, "hmac\(sha256\)"/,
    ],
    ['an unknown cipher', (text) => text.replaceAll('aes-xts-plain64', 'serpent-xts-plain64'), /"serpent-xts-plain64"/],
    ['an unknown hash', (text) => text.replaceAll('sha256', 'whirlpool'), /"whirlpool"/],
    ['a drive that encrypts', (text) => text.replace('"type":"crypt"', '"type":"hw-opal-crypt"'), /"hw-opal-crypt"/],
    ['data elsewhere', (text) => text.replace(/(?<="type":"crypt","offset":)"\d+"/, '"0"'), /apart from its data/],
    [
      'a key that takes too much work',
      (text) => text.replaceAll('"iterations":1000', '"iterations":4294967295'),
      /4294967295 rounds/,
    ],
  ])('%s', async (_, change, message) => {
    await expect(open(rewritten(change))).rejects.toMatchObject({
      code: 'NotSupported',
      message: expect.stringMatching(message),
    });
  });

  test('but one key slot that cannot be used leaves the others', async () => {
    const made = rewritten((text) => text.replace('"type":"pbkdf2"', '"type":"scrypt"'));
    const { details, warnings } = (await open(made)).describe();
    expect(details).toContainEqual(['opened by', 'key slot 1']);
    expect(warnings).toEqual([
      'Key slot 0 is not used: a key of the LUKS container is made by "scrypt", which is not known here.',
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { type FatImage, run, TOOLS, tryRun } from '../testing/fatImage';
import { makeTree } from '../testing/makeTree';
import { makeFat, openFat, signal } from '../testing/openFat';
import { contentHash, providerTree } from '../testing/readTree';

const MIB = 1024 * 1024;
const small = (): FatImage => makeFat(40 * MIB, ['-F', '32', '-s', '1']);

describe.skipIf(toolsMissing(...TOOLS))('names', () => {
  test('of all files are found whatever their case', async () => {
    const image = small();
    makeTree(image, new SeededRandom(3), 3000);
    const filesystem = await openFat(image.path);
    const found = await providerTree(filesystem);
    expect(found.size).toBeGreaterThan(60);
    for (const [path, { node }] of found)
      expect(await filesystem.files.lookup(`/${path.toUpperCase()}`, signal)).toMatchObject({ node });
  });

  test('that no text can hold are shown by their numbers, and their bytes kept', async () => {
    const image = small();
    image.addFile(['\ue000 alone', 'x'], ['\ue001 slash', 'x']);
    image.replace(utf16('\ue000'), Buffer.from([0x3d, 0xd8])).replace(utf16('\ue001'), utf16('/'));
    const filesystem = await openFat(image.path);
    const seen: [string, string?][] = [];
    for await (const { path, rawName } of filesystem.files.readdir('root', signal)) seen.push([path, rawName]);
    expect(seen).toEqual([
      ['\\ud83d alone', Buffer.from('\ud83d alone', 'utf16le').toString('base64')],
      ['\\u002f slash', utf16('/ slash').toString('base64')],
    ]);
    expect((await filesystem.files.lookup('/\\u002f slash', signal))?.type).toBe('file');
  });

  test('in lower case by the flags of Windows NT, and by their short form', async () => {
    const image = small().addFile(['SHORT.TXT', 'x'], ['A long name.txt', 'y']);
    const place = image.find(Buffer.from('SHORT   TXT'));
    image.patch(place + 12, [0x18]);
    const filesystem = await openFat(image.path);
    expect([...(await providerTree(filesystem)).keys()]).toEqual(['short.txt', 'A long name.txt']);
    expect(await filesystem.files.lookup('/ALONGN~1.TXT', signal)).toEqual(
      await filesystem.files.lookup('/A long name.txt', signal),
    );
  });

  test('whose pieces belong to another entry give way to the short one', async () => {
    const image = small().addFile(['A long name.txt', 'y']);
    const place = image.find(Buffer.from('ALONGN~1TXT'));
    image.patch(place - 32 + 13, [image.peek(place - 32 + 13, 1)[0]! ^ 1]);
    const filesystem = await openFat(image.path);
    expect([...(await providerTree(filesystem)).keys()]).toEqual(['ALONGN~1.TXT']);
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('Checksum in long filename part wrong');
  });
});

describe.skipIf(toolsMissing(...TOOLS))('files', () => {
  test('bear their DOS attributes and their times as they stand', async () => {
    const image = small().addFile(['FILE.TXT', 'content']);
    run('mattrib', ['-i', image.path, '+h', '+r', '-a', '::/FILE.TXT']);
    const place = image.find(Buffer.from('FILE    TXT'));
    // 2001-02-03 04:05:07.5 in two parts: even seconds, and hundredths of the odd one.
    image.patch(place + 13, [150, 0xa3, 0x20, 0x43, 0x2a]);
    const filesystem = await openFat(image.path);
    const { node } = (await filesystem.files.lookup('/file.txt', signal))!;
    const { metadata, details } = await filesystem.files.stat(node, signal);
    expect(metadata).toMatchObject({
      attributes: ['readOnly', 'hidden'],
      created: { seconds: Date.UTC(2001, 1, 3, 4, 5, 7) / 1000, nanoseconds: 500_000_000 },
    });
    expect(new Map(details).get('created')).toBe('2001-02-03 04:05:07.50, local time of the writer, whose zone is not recorded');
    expect(await filesystem.files.streams(node, signal)).toEqual([]);
  });

  test('whose chain leads nowhere are read as far as it goes', async () => {
    const image = small().addFile(['FILE.TXT', 'x'.repeat(5000)], ['OTHER.TXT', 'other']);
    const filesystem = await openFat(image.path);
    const { node } = (await filesystem.files.lookup('/FILE.TXT', signal))!;
    const [first] = await filesystem.files.extentsOf(node, signal);
    const { dataOffset } = image.oracle();
    const cluster = (first!.offset - dataOffset) / 512 + 2;
    image.patch(32 * 512 + (cluster + 3) * 4, [0, 0, 0, 0]);
    const after = await openFat(image.path);
    await expect(contentHash(after, node, image.path)).rejects.toThrow(
      `only 2048 of 5000 bytes of the file can be found: cluster ${cluster + 3} leads to cluster 0, which is free`,
    );
    await expect(contentHash(after, node, image.path)).rejects.toBeInstanceOf(DamagedStructureError);
    expect(await after.files.extentsOf(node, signal)).toEqual([{ offset: first!.offset, length: 2048 }]);
    expect([...(await providerTree(after)).keys()]).toEqual(['FILE.TXT', 'OTHER.TXT']);
  });

  test('what is none is refused', async () => {
    const filesystem = await openFat(small().addFile(['FILE.TXT', 'x']).path);
    for (const node of ['1', '-32', '0', '99999999999', 'x'])
      await expect(filesystem.files.stat(node, signal)).rejects.toBeInstanceOf(InvalidInputError);
    expect(await filesystem.files.lookup('/nothing', signal)).toBeNull();
    expect(await filesystem.files.lookup('/FILE.TXT/x', signal)).toBeNull();
    expect(await filesystem.files.lookup('/', signal)).toEqual(filesystem.files.root);
  });

  test('a directory that holds itself is entered once', async () => {
    const image = small();
    run('mmd', ['-i', image.path, '::/OUTER', '::/OUTER/INNER']);
    const [outer, inner] = ['OUTER      ', 'INNER      '].map((name) => image.find(Buffer.from(name))) as [number, number];
    image.patch(inner + 26, image.peek(outer + 26, 2));
    const filesystem = await openFat(image.path);
    expect([...(await providerTree(filesystem)).keys()]).toEqual(['OUTER', 'OUTER/INNER']);
  });
});

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

import { describe, expect, onTestFinished, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import { blkid, checkAnswers, damage, FileSource, fuzzParser, ImageFile, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { SWAP_HEADER_OFFSET, swapHeaderBig, swapHeaderLittle, swapSignature } from './structures/swapHeader';
import { PAGE_SIZES, readSwapArea } from './swapArea';
import { SwapFilesystem } from './swapFilesystem';

const MIB = 1024 * 1024;
const UUID = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const signal = new AbortController().signal;

function makeSwap(args: string[] = []): ImageFile {
  const image = new ImageFile();
  onTestFinished(() => image.remove());
  runTool('mkswap', ['-q', '-U', UUID, '-L', 'Auslagerung', ...args, image.blank(8 * MIB).path]);
  return image;
}

async function openSwap(image: ImageFile): Promise<SwapFilesystem> {
  const source = await FileSource.open(image.path);
  onTestFinished(() => source.close());
  return SwapFilesystem.open(source, signal);
}

describe.skipIf(toolsMissing('mkswap', 'blkid', 'wipefs'))('swap', () => {
  test.each([...PAGE_SIZES])('with pages of %d bytes: only the header page is used', async (pageBytes) => {
    const image = makeSwap(['-p', String(pageBytes)]);
    const swap = await openSwap(image);
    const { TYPE, UUID: uuid, LABEL } = blkid(image.path);
    expect(await swap.info()).toMatchObject({
      type: TYPE,
      uuid,
      label: LABEL,
      size: 8 * MIB,
      used: pageBytes,
      blockSize: pageBytes,
      clean: true,
    });
    const { confidence, extents } = await swap.allocation();
    expect([confidence, [...(extents ?? [])]]).toEqual(['exact', [{ offset: 0, length: pageBytes }]]);
    expect(await swap.check()).toEqual([]);
    expect(await swap.relocate({ newStart: 7 * MIB, newSize: 8 * MIB, newSectorSize: 4096 })).toEqual({
      writes: [],
      warnings: [],
    });
  });

  test('in big endian order', async () => {
    const image = makeSwap().patch(SWAP_HEADER_OFFSET, Buffer.from('00000001000007ff', 'hex'));
    expect(blkid(image.path)).toMatchObject({ TYPE: 'swap', UUID });
    expect(await (await openSwap(image)).info()).toMatchObject({ type: 'swap', uuid: UUID, size: 8 * MIB });
  });

  test('of version 0 has no header, and only its first page is used', async () => {
    const image = makeSwap().patch(1024, Buffer.alloc(1024)).patch(4086, Buffer.from('SWAP-SPACE'));
    expect(blkid(image.path)).toMatchObject({ TYPE: 'swap', VERSION: '0' });
    const swap = await openSwap(image);
    expect(await swap.info()).toMatchObject({ type: 'swap', uuid: null, label: null, size: 8 * MIB });
    expect((await swap.allocation()).extents?.covered).toBe(4096);
  });

  test.each([
    ['S1SUSPEND', 4086, Buffer.from('S1SUSPEND\0')],
    ['S2SUSPEND', 4086, Buffer.from('S2SUSPEND\0')],
    ['ULSUSPEND', 4086, Buffer.from('ULSUSPEND\0')],
    ['LINHIB0001', 4086, Buffer.from('LINHIB0001')],
    ['TuxOnIce', 0, Buffer.from('edc302e99856e50c', 'hex')],
  ])('with a system hibernated by %s is copied whole, and says so', async (name, offset, bytes) => {
    const image = makeSwap().patch(offset, bytes);
    expect(blkid(image.path)['TYPE']).toBe('swsuspend');
    const swap = await openSwap(image);
    expect((await swap.info()).type).toBe('swsuspend');
    expect(await swap.allocation()).toEqual({ confidence: 'unknown', extents: null, reasons: [expect.stringContaining(name)] });
    expect((await swap.relocate({ newStart: 0, newSize: 8 * MIB, newSectorSize: 512 })).warnings).toHaveLength(1);
    expect((await swap.check()).map((finding) => finding.code)).toEqual(['swap.hibernated']);
  });

  test.each(['commitExtents', 'signatures'] as const)('is recognised by no tool without its %s', async (kind) => {
    for (const image of [makeSwap(), makeSwap().patch(0, Buffer.from('edc302e99856e50c', 'hex'))]) {
      const ranges = await (await openSwap(image))[kind]();
      for (const { offset, length } of ranges) image.patch(offset, Buffer.alloc(length));
      expect(blkid(image.path)).not.toHaveProperty('TYPE');
      expect(runTool('wipefs', ['-n', image.path])).toBe('');
    }
  });

  test('has a generation that changes with its identity', async () => {
    const image = makeSwap();
    const before = await (await openSwap(image)).generation(signal);
    runTool('swaplabel', ['-L', 'other', image.path]);
    expect((await (await openSwap(image)).generation(signal)).digest).not.toBe(before.digest);
  });

  test('a header that is larger than the volume is a finding, and a smaller place is refused', async () => {
    const image = makeSwap();
    const swap = await openSwap(image);
    await expect(swap.relocate({ newStart: 0, newSize: 4 * MIB, newSectorSize: 512 })).rejects.toMatchObject({ code: 'Refused' });
    image.patch(SWAP_HEADER_OFFSET + 4, [0, 0, 1, 0]);
    expect((await (await openSwap(image)).check()).map((finding) => finding.code)).toEqual(['swap.size']);
  });

  test('the header: parser, field ranges and encoder', async () => {
    const image = makeSwap();
    const raw = image.peek(SWAP_HEADER_OFFSET, swapHeaderLittle.size);
    const header = swapHeaderLittle.read(raw);
    expect(header).toMatchObject({ version: 1, lastPage: 2047, badPageCount: 0, uuid: UUID, label: 'Auslagerung' });
    expect(swapHeaderLittle.encode(header, raw).equals(raw)).toBe(true);
    expect(swapHeaderLittle.range('uuid')).toEqual({ offset: 12, length: 16 });
    expect(swapHeaderBig.encodeField('lastPage', '2047').bytes.toString('hex')).toBe('000007ff');
    const edit = { structure: swapHeaderLittle.name, structureOffset: SWAP_HEADER_OFFSET, field: ['label'], value: 'edited' };
    const encoded = await (await openSwap(image)).encodeField(edit);
    expect(blkid(image.patch(encoded.offset, encoded.bytes).path)['LABEL']).toBe('edited');
  });

  test('the signature: parser, field ranges and encoder', () => {
    const raw = makeSwap().peek(4086, 10);
    expect(swapSignature.read(raw)).toEqual({ magic: 'SWAPSPACE2' });
    expect(swapSignature.encode({ magic: 'SWAPSPACE2' }).equals(raw)).toBe(true);
    expect(swapSignature.range('magic')).toEqual({ offset: 0, length: 10 });
  });

  test('damaged areas give findings or typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const seeds = PAGE_SIZES.map((pageBytes) => {
      const image = makeSwap(['-p', String(pageBytes)]);
      return { name: `pages of ${pageBytes}`, bytes: image.peek(0, MIB), sectorSize: 512 as const };
    });
    await fuzzParser({
      seeds,
      limits: { reads: 100, bytes: 8 * MIB },
      mutate(image, random, { bytes }) {
        const ranges = [
          { offset: SWAP_HEADER_OFFSET, length: 64 },
          { offset: 0, length: 16 },
          ...PAGE_SIZES.map((pageBytes) => ({ offset: pageBytes - 10, length: 10 })),
        ];
        for (let times = 1 + random.integer(4); times > 0; times--) damage(image, ranges, random);
        if (random.chance(0.2)) image.truncate(random.integer(bytes.length));
      },
      async run(source) {
        await checkAnswers(await SwapFilesystem.open(source, signal), source, signal);
      },
    });
  });
});

test('nothing and noise are no swap', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(4096), Buffer.alloc(MIB), Buffer.alloc(MIB, 0xa5)]) {
    expect(await readSwapArea(new MemorySource(bytes))).toBeNull();
  }
});

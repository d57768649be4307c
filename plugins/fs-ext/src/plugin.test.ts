import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { validateManifest } from '@diskwright/sdk/protocol';
import { createTestHost, toolsMissing, type TestHost } from '@diskwright/sdk/testing';
import plugin from './main';
import { ExtImage, extTools } from './testing/extImage';

const mebibyte = 1024 * 1024;
const volume = { deviceId: 'disk', partition: 0 };

function imageOf(...args: string[]): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  return image.format(300 * mebibyte, args);
}

async function hostOf(image: ExtImage): Promise<TestHost> {
  const host = await createTestHost(plugin, { devices: { disk: image.path } });
  onTestFinished(() => host.close());
  return host;
}

test('the manifest is as its schema says', () => {
  expect(validateManifest(JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')))).toBe(true);
});

describe.skipIf(toolsMissing(...extTools))('through the protocol', () => {
  test.each([
    ['ext2', ['-t', 'ext2', '-b', '1024']],
    ['ext4', ['-t', 'ext4', '-b', '1024', '-O', 'mmp,quota']],
    ['jbd', ['-O', 'journal_dev']],
  ])('every answer about %s is as its schema says', async (type, args) => {
    const host = await hostOf(imageOf(...args));
    const opened = (await host.openVolume(volume))!;
    expect(await opened.info()).toMatchObject({ type });
    const { confidence, extents } = await opened.allocation();
    expect(confidence).toBe('exact');
    expect(host.extents(extents!).end).toBeLessThanOrEqual(300 * mebibyte);
    expect(await opened.commitExtents()).toHaveLength(1);
    expect((await opened.generation()).digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await opened.signatures())[0]).toMatchObject({ offset: 1080 });
    expect(await opened.relocate({ newStart: mebibyte, newSize: 300 * mebibyte, newSectorSize: 512 })).toEqual({
      writes: [],
      warnings: [],
    });
    expect((await opened.check()).filter(({ severity }) => severity !== 'info')).toEqual([]);
    let structures = 0;
    for await (const structure of opened.structures()) structures += structure.fields.length > 0 ? 1 : 0;
    expect(structures).toBeGreaterThan(1);
    await opened.close();
    expect(host.openLeases).toBe(0);
  });

  test('damage travels as findings, and an unknown allocation without extents', async () => {
    const image = imageOf('-t', 'ext4', '-b', '1024');
    for (let group = 0; group < 30; group++) image.patch(2048 + group * 64, Buffer.alloc(64, 0xee));
    image.patch(1024 + 0x120, Buffer.alloc(600, 0xff));
    const opened = (await (await hostOf(image)).openVolume(volume))!;
    expect(await opened.allocation()).toMatchObject({ confidence: 'unknown', extents: null });
    expect((await opened.check()).length).toBeGreaterThan(0);
    await opened.info();
  });
});

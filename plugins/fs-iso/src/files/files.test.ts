import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Filesystem } from '@diskwright/sdk';
import { readContent, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { IsoImage, isoTools } from '../testing/isoImage';
import { openImage, signal } from '../testing/openImage';

function imageOf(): IsoImage {
  const image = new IsoImage();
  onTestFinished(() => image.remove());
  return image;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

interface Seen {
  type: string;
  content: string;
  mode: number | undefined;
  seconds: number;
}

/** A tree by its paths, as the provider shows it; `walk` is what other tools say. */
async function providerTree(filesystem: Filesystem, image: string): Promise<Map<string, Seen>> {
  const files = new Map<string, Seen>();
  const pending = [{ node: filesystem.files!.root.node, path: '' }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for await (const entry of filesystem.files!.readdir(next.node, signal, { metadata: true })) {
      const path = `${next.path}/${entry.path}`;
      if (entry.type === 'directory') pending.push({ node: entry.node, path });
      const { mode, target, modified } = entry.metadata!;
      files.set(path, { type: entry.type, mode, seconds: modified?.seconds ?? 0, content: target ?? (await contentText()) });
      expect(await filesystem.files!.stat!(entry.node, signal)).toMatchObject({ type: entry.type, size: entry.size });

      async function contentText(): Promise<string> {
        if (entry.type !== 'file') return '';
        const pieces: Buffer[] = [];
        for await (const piece of readContent(await filesystem.files!.contentOf!(entry.node, undefined, signal), image))
          pieces.push(piece);
        return sha256(Buffer.concat(pieces));
      }
    }
  }
  return files;
}

describe.skipIf(toolsMissing(...isoTools))('a tree', () => {
  test('of Joliet alone has the names and contents that bsdtar finds', async () => {
    const image = imageOf().fill(2, true);
    mkdirSync(join(image.tree, 'Ünïcødé 文件 🗂'));
    image.make('genisoimage', ['-J', '-input-charset', 'utf-8']);
    const found = await providerTree(await openImage(image.path), image.path);
    const listed = runTool('bsdtar', ['-tf', image.path]).trim().split('\n');
    const names = listed.map((name) => `/${name.replace(/\/$/, '')}`).filter((name) => name !== '/.');
    expect([...found.keys()].sort()).toEqual(names.sort());
    for (const [path, { content, type }] of found)
      if (type === 'file') expect([path, content]).toEqual([path, sha256(readFileSync(join(image.tree, path)))]);
  });

  test.each([
    ['does not begin with itself', 25, 0],
    ['begins with no record', 32, 0xff],
  ])('with a directory that %s tells so, and lists the others', async (_what, at, value) => {
    const image = imageOf().fill(1, true).make('genisoimage', ['-iso-level', '3']);
    const { node } = (await (await openImage(image.path)).files!.lookup!('/MANY', signal))!;
    image.patch(Number(node) + at, [value]);
    const files = (await openImage(image.path)).files!;
    const told: string[] = [];
    const damaged: string[] = [];
    for await (const batch of files.walkBatches!(files.root.node, { recursive: true }, signal))
      for (const { path, damage } of batch) (damage === undefined ? told : damaged).push(path);
    expect(damaged).toEqual(['MANY']);
    expect(told).toContain('SIZES/B2048.BIN');
  });

  test('with a name of no letters shows its bytes in their place', async () => {
    const image = imageOf().fill(1, true).make('genisoimage', ['-J', '-input-charset', 'utf-8']);
    const name = readFileSync(image.path).indexOf(Buffer.from('F100.TXT', 'utf16le').swap16());
    image.patch(name - 1, [1, 0x41]);
    const found = await providerTree(await openImage(image.path), image.path);
    expect(found.has('/MANY/\\x41')).toBe(true);
    expect(found.has('/MANY/F101.TXT')).toBe(true);
  });
});

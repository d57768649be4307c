/** Files written from what is no descriptor: what is cancelled or fails leaves nothing behind. */
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError, FailedError } from '@diskwright/sdk/errors';
import type { FolderOptions } from '@diskwright/sdk/protocol';
import { expect, test } from 'vitest';
import type { ExtractedEntry } from '../../core/src/common/index';
import type { OpenedNode } from '../../core/src/sector/contracts';
import { Extraction } from '../../core/src/sector/extraction/extraction';
import { MemoryNode } from '../support/memoryNode';
import { scratchFolder } from '../support/scratch';

const OPTIONS = { existing: 'refuse', owners: false, deviceNodes: false, streams: 'attributes' } as const;
const BYTES = Buffer.alloc(4096, 'bytes');
const VOLUME = { offset: 0, length: BYTES.length };

const file = (path: string): ExtractedEntry => ({
  path,
  node: path,
  type: 'file',
  size: BYTES.length,
  content: { size: BYTES.length, segments: [{ kind: 'extent', offset: 0, length: BYTES.length }] },
});

/** A device that does something before each read. */
function opened(beforeRead: () => void): OpenedNode {
  const node = new MemoryNode(BYTES);
  const read = node.read.bind(node);
  node.read = async (offset, length) => {
    beforeRead();
    return read(offset, length);
  };
  const storage = { kind: 'overlay', name: 'memory' } as OpenedNode['storage'];
  return { node, kind: 'overlay', model: null, serial: null, readOnly: true, notes: [], storage } as OpenedNode;
}

async function extraction(options: Partial<FolderOptions> = {}): Promise<{ folder: string; extraction: Extraction }> {
  const folder = join(await scratchFolder(), 'out');
  const none = (): never => {
    throw new FailedError('there is no such content');
  };
  return { folder, extraction: new Extraction(folder, { ...OPTIONS, ...options }, { mapOf: none, open: none }) };
}

test('a cancel just before a file gets its name leaves no file, by whatever name', async () => {
  const { folder, extraction: running } = await extraction();
  const controller = new AbortController();
  const device = opened(() => controller.abort());
  await expect(running.write(device, VOLUME, [file('a')], controller.signal)).rejects.toThrow(CancelledError);
  expect(await readdir(folder)).toEqual([]);
});

test('a file that cannot be read says why, leaves nothing, and holds none of the others up', async () => {
  const { folder, extraction: running } = await extraction();
  let reads = 0;
  const device = opened(() => {
    if (reads++ === 0) throw new FailedError('the device is offended');
  });
  const { problems, entries } = await running.write(device, VOLUME, [file('a'), file('b')], new AbortController().signal);
  expect(problems).toEqual([{ index: 0, kind: 'failed', message: 'the device is offended' }]);
  expect(entries).toBe(1);
  expect(await readdir(folder)).toEqual(['b']);
  expect((await readFile(join(folder, 'b'))).equals(BYTES)).toBe(true);
});

const link = (path: string, target: string): ExtractedEntry => ({
  path,
  node: path,
  type: 'symlink',
  size: 0,
  metadata: { target },
});
const { signal } = new AbortController();

test('a link that leads to no path at all is told, and holds none of the others up', async () => {
  const { folder, extraction: running } = await extraction();
  const { problems, entries } = await running.write(
    opened(() => undefined),
    VOLUME,
    [link('a', 'x\0y'), file('b')],
    signal,
  );
  expect(problems).toEqual([{ index: 0, kind: 'failed', message: 'where it leads is no path: it holds a NUL' }]);
  expect(entries).toBe(1);
  expect(await readdir(folder)).toEqual(['b']);
});

test('a link leads where its bytes say, which may be no text; without them that is told', async () => {
  const { folder, extraction: running } = await extraction();
  const bytes = Buffer.from('caf\xe9', 'latin1');
  const known: ExtractedEntry = {
    ...link('known', 'caf\\xe9'),
    content: { size: bytes.length, segments: [{ kind: 'inline', bytes: bytes.toString('base64') }] },
  };
  const { problems } = await running.write(
    opened(() => undefined),
    VOLUME,
    [known, link('unknown', 'caf\\xe9')],
    signal,
  );
  expect(await readlink(join(folder, 'known'), 'buffer')).toEqual(bytes);
  expect(await readlink(join(folder, 'unknown'))).toBe('caf\\xe9');
  expect(problems).toEqual([
    { index: 1, kind: 'lost', message: expect.stringMatching(/^where it leads is written as it is shown/) },
  ]);
});

test("a file of nobody's number is whoever's extracts it, without rights to run as that one", async () => {
  const { folder, extraction: running } = await extraction({ owners: true });
  const metadata = { mode: 0o4755, userId: 0xffffffff, groupId: 0 };
  const { problems } = await running.write(
    opened(() => undefined),
    VOLUME,
    [{ ...file('a'), metadata }],
    signal,
  );
  expect(problems).toEqual([{ index: 0, kind: 'lost', message: expect.stringMatching(/^not kept: its owner, all of its mode/) }]);
  expect((await lstat(join(folder, 'a'))).mode & 0o7777).toBe(0o755);
});

test('what cannot be told to be a file at all has failed', async () => {
  const { extraction: running } = await extraction();
  const { problems } = await running.write(
    opened(() => undefined),
    VOLUME,
    [{ ...file('a'), type: 'other' }],
    signal,
  );
  expect(problems.map(({ kind }) => kind)).toEqual(['failed']);
});

test('a folder that nobody can make is refused', () => {
  const none = (): never => {
    throw new FailedError('there is no such content');
  };
  const begin = (): Extraction => new Extraction('/proc/diskwright/out', OPTIONS, { mapOf: none, open: none });
  expect(begin).toThrow(/^\/proc\/diskwright\/out cannot be written to: ENOENT/);
});

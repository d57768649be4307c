import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import { PlanBuilder } from '../support/planBuilder';
import type { CopiedPart, JournalRecord } from '../../core/src/common/journal/journalRecord';
import { encodeRecord } from '../../core/src/common/journal/readJournal';
import type { MapBlock } from '../../core/src/common/rescueMap/rescueMap';
import { jobMap } from '../../core/src/host/jobs/jobMap';

const SIZE = 4000 * 512;
const identity = (fingerprint: string): DeviceIdentity => ({
  size: SIZE,
  sectorSize: 512,
  kind: 'file',
  model: null,
  serial: null,
  fingerprint,
});
const part = (done: number, facts: Partial<CopiedPart> = {}): JournalRecord => ({
  type: 'checkpoint',
  step: 0,
  part: { done, chunkBytes: 1048576, hashes: { position: 0, length: 16 }, blake3: '', holes: [], ...facts },
});

const mapAfter = (...records: JournalRecord[]): Promise<MapBlock[]> => mapOf('/source.img', ...records);

/** The map of a source of which all but the first 512 bytes is copied. */
async function mapOf(source: string, ...records: JournalRecord[]): Promise<MapBlock[]> {
  const folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const builder = new PlanBuilder()
    .device('source', 'source', source, identity('a'))
    .device('target', 'target', '/target.img', identity('b'))
    .copy('content', ['source', 512], ['target', 512], [{ offset: 0, length: SIZE - 512 }]);
  await builder.save(join(folder, 'plan.json'), join(folder, 'blobs'));
  await writeFile(join(folder, 'journal'), Buffer.concat(records.map(encodeRecord)));
  return (await jobMap(folder, builder.plan)).map.blocks;
}

test('what is not copied yet was not tried', async () => {
  expect(await mapAfter(part(1000 * 512))).toEqual([
    { offset: 0, length: 512, status: '?' },
    { offset: 512, length: 1000 * 512, status: '+' },
    { offset: 1001 * 512, length: 2999 * 512, status: '?' },
  ]);
});

test('a part in which not all holes are known is not called good, in a copy that has ended either', async () => {
  const holes = [{ offset: 1200 * 512, length: 512 }];
  const records = [part(1000 * 512), part(2000 * 512, { holes, unlistedHoleBytes: 512 }), part(SIZE - 512)];
  expect(await mapAfter(...records, { type: 'phaseEnded', phase: 'content' })).toEqual([
    { offset: 0, length: 512, status: '?' },
    { offset: 512, length: 1000 * 512, status: '+' },
    { offset: 1001 * 512, length: 199 * 512, status: '?' },
    { offset: 1200 * 512, length: 512, status: '-' },
    { offset: 1201 * 512, length: 800 * 512, status: '?' },
    { offset: 2001 * 512, length: 1999 * 512, status: '+' },
  ]);
});

test('of a file in a volume, which is copied by where its bytes lie, nothing is called good before all of it is', async () => {
  expect(await mapOf('/disk.img#1:/source.img', part(1000 * 512))).toEqual([{ offset: 0, length: SIZE, status: '?' }]);
});

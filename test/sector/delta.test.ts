import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobEnvironment, type JobEnvironment, planBetween, startJob } from '../support/jobs';
import type { JobResult } from '../../core/src/common/index';
import { loopDevice } from '../support/loopDevice';
import { RecordingNode } from '../support/recordingNode';
import { scratchFolder } from '../support/scratch';
import { serveNode } from '../support/serveNode';

const MIB = 1024 * 1024;
const UNIT = 64 * 1024;
const SIZE = 16 * MIB;
/** What is copied: not at the edges of units. */
const RANGES = [{ offset: MIB + 512, length: 12 * MIB }];

interface Given {
  environment: JobEnvironment;
  folder: string;
  source: string;
  content: Buffer;
}

async function given(): Promise<Given> {
  const folder = await scratchFolder();
  const source = join(folder, 'source.img');
  const content = randomBytes(SIZE).fill(0, 5 * MIB, 7 * MIB);
  await writeFile(source, content);
  return { environment: jobEnvironment(join(folder, 'home')), folder, source, content };
}

async function copyDelta({ environment, source }: Given, target: string): Promise<JobResult> {
  const plan = (await planBetween(environment, source, target))
    .copy('content', ['source', 0], ['target', 0], RANGES)
    .verify('content', 'target');
  const { ended } = await startJob(environment, plan, {}, { delta: true });
  return ended;
}

/** The content with one byte changed in each of three places: in data, in zeros, and data where zeros should be. */
function almost(content: Buffer): Buffer {
  const bytes = Buffer.from(content);
  for (const at of [2 * MIB + 12345, 6 * MIB, 9 * MIB]) bytes[at] = bytes[at]! ^ 0xff;
  return bytes;
}

/** Bytes that were written to a block device since it is there. */
async function bytesWritten(node: string): Promise<number> {
  const fields = (await readFile(`/sys/class/block/${basename(node)}/stat`, 'utf8')).trim().split(/\s+/);
  return Number(fields[6]) * 512;
}

describe('a delta copy', () => {
  it('by the engine writes nothing where all is equal', async () => {
    const all = await given();
    const image = join(all.folder, 'target.img');
    await writeFile(image, all.content);
    const target = await loopDevice(image);
    const before = await bytesWritten(target);
    const result = await copyDelta(all, target);
    expect(result).toMatchObject({ state: 'done', bytesCopied: 12 * MIB, bytesUnchanged: 12 * MIB, bytesVerified: 12 * MIB });
    expect((await bytesWritten(target)) - before).toBe(0);
  });

  it('by the engine writes the units that differ', async () => {
    const all = await given();
    const target = join(all.folder, 'target.img');
    await writeFile(target, almost(all.content));
    expect(await copyDelta(all, target)).toMatchObject({ state: 'done', bytesUnchanged: 12 * MIB - 3 * UNIT });
    expect((await readFile(target)).equals(all.content)).toBe(true);
  });

  it('through nodes writes the units that differ, and nothing else', async () => {
    const all = await given();
    const node = new RecordingNode(almost(all.content));
    const result = await copyDelta(all, await serveNode(node, node));
    expect(result).toMatchObject({ state: 'done', bytesUnchanged: 12 * MIB - 3 * UNIT, bytesVerified: 12 * MIB });
    expect(node.bytes.equals(all.content)).toBe(true);
    const written = node.entries.flatMap((entry) => (entry.kind === 'write' ? [entry.bytes.length] : []));
    expect(written).toEqual([UNIT, UNIT, UNIT]);
  });
});

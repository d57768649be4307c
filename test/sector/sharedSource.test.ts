import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError, RefusedError } from '@diskwright/sdk/errors';
import { describe, expect, it } from 'vitest';
import { cancelJob, identityOf, type JobEnvironment, jobEnvironment, startJobsTogether } from '../support/jobs';
import { MemoryNode } from '../support/memoryNode';
import { PlanBuilder } from '../support/planBuilder';
import { scratchFolder } from '../support/scratch';
import { serveNode } from '../support/serveNode';

const MIB = 1024 * 1024;
const SIZE = 96 * MIB;

/** A source that counts the bytes that are read of it. */
class CountingNode extends MemoryNode {
  bytesRead = 0;

  override async read(offset: number, length: number): Promise<Buffer> {
    this.bytesRead += length;
    return super.read(offset, length);
  }
}

interface Given {
  environment: JobEnvironment;
  folder: string;
  content: Buffer;
}

async function given(): Promise<Given> {
  const folder = await scratchFolder();
  return { environment: jobEnvironment(join(folder, 'home')), folder, content: randomBytes(SIZE).fill(0, 5 * MIB, 7 * MIB) };
}

/** A target full of something else. */
async function targetFile({ folder }: Given, name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.alloc(SIZE, 0xa5));
  return path;
}

async function copy({ environment }: Given, source: string, target: string): Promise<PlanBuilder> {
  return new PlanBuilder()
    .device('source', 'source', source, await identityOf(environment, source))
    .device('target', 'target', target, await identityOf(environment, target))
    .copy('content', ['source', 0], ['target', 0], [{ offset: 0, length: SIZE }])
    .verify('content', 'target');
}

/** Copies of a source onto files and one NBD server. */
async function copies(all: Given, source: string, server: MemoryNode): Promise<{ files: string[]; plans: PlanBuilder[] }> {
  const files = [await targetFile(all, 'a.img'), await targetFile(all, 'b.img'), await targetFile(all, 'c.img')];
  const targets = [await serveNode(server, server), ...files];
  const plans: PlanBuilder[] = [];
  for (const target of targets) plans.push(await copy(all, source, target));
  return { files, plans };
}

async function requireContent(all: Given, files: readonly string[]): Promise<void> {
  for (const file of files) expect((await readFile(file)).equals(all.content), file).toBe(true);
}

describe('jobs that are started together', () => {
  it('read a source without a descriptor once, and know what they are together', async () => {
    const all = await given();
    const [source, server] = [new CountingNode(all.content, 'source'), new MemoryNode(Buffer.alloc(SIZE, 0xa5), 'target')];
    const { files, plans } = await copies(all, await serveNode(source), server);
    const before = source.bytesRead;
    const jobs = await startJobsTogether(all.environment, plans);
    for (const { ended } of jobs) expect(await ended).toMatchObject({ state: 'done', bytesCopied: SIZE, bytesVerified: SIZE });
    expect(source.bytesRead - before).toBeLessThan(1.2 * SIZE);
    await requireContent(all, files);
    expect((await server.read(0, SIZE)).equals(all.content)).toBe(true);
    const state = JSON.parse(await readFile(join(jobs[3]!.folder, 'state.json'), 'utf8')) as unknown;
    expect(state).toMatchObject({ group: { title: 'All of them', number: 4, count: 4 } });
  });

  it('share what the engine reads with what is written through nodes', async () => {
    const all = await given();
    const source = join(all.folder, 'source.img');
    await writeFile(source, all.content);
    const server = new MemoryNode(Buffer.alloc(SIZE, 0xa5), 'target');
    const { files, plans } = await copies(all, source, server);
    const jobs = await startJobsTogether(all.environment, plans);
    for (const { ended } of jobs) expect((await ended).state).toBe('done');
    await requireContent(all, files);
    expect((await server.read(0, SIZE)).equals(all.content)).toBe(true);
  });

  it('go on when one of them fails', async () => {
    const all = await given();
    const [source, server] = [new MemoryNode(all.content, 'source'), new MemoryNode(Buffer.alloc(SIZE, 0xa5), 'target')];
    const write = server.write.bind(server);
    server.write = (offset, bytes) =>
      offset >= 20 * MIB && offset < 21 * MIB ? Promise.reject(new FailedError('no room')) : write(offset, bytes);
    const { files, plans } = await copies(all, await serveNode(source), server);
    const [failing, ...others] = await startJobsTogether(all.environment, plans);
    expect((await failing!.ended).state).toBe('failed');
    for (const { ended } of others) expect((await ended).state).toBe('done');
    await requireContent(all, files);
  });

  it('go on when one of them hangs, which can be cancelled', async () => {
    const all = await given();
    const [source, server] = [new MemoryNode(all.content, 'source'), new MemoryNode(Buffer.alloc(SIZE, 0xa5), 'target')];
    const write = server.write.bind(server);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    server.write = async (offset, bytes) => {
      if (offset >= 20 * MIB) await released;
      return write(offset, bytes);
    };
    const { files, plans } = await copies(all, await serveNode(source), server);
    const [hanging, ...others] = await startJobsTogether(all.environment, plans);
    for (const { ended } of others) expect((await ended).state).toBe('done');
    await requireContent(all, files);
    await cancelJob(hanging!.folder);
    expect((await hanging!.ended).state).toBe('cancelled');
    release();
  });

  it('are all refused when two would write the same', async () => {
    const all = await given();
    const source = join(all.folder, 'source.img');
    await writeFile(source, all.content);
    const [first, second] = [await targetFile(all, 'a.img'), await targetFile(all, 'b.img')];
    const plans = [await copy(all, source, first), await copy(all, source, second), await copy(all, source, first)];
    await expect(startJobsTogether(all.environment, plans)).rejects.toThrow(RefusedError);
    expect((await readFile(first)).equals(Buffer.alloc(SIZE, 0xa5))).toBe(true);
    // Nothing is held.
    const jobs = await startJobsTogether(all.environment, plans.slice(0, 2));
    for (const { ended } of jobs) expect((await ended).state).toBe('done');
    expect(existsSync(join(all.folder, 'home', 'jobs', 'job-1', 'state.json'))).toBe(false);
  });
});

/** A page that reads slowly gets all that it asked for; one that does not read at all costs little, and others notice nothing. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import { createPeer, type Peer, type PeerHandlers } from '@diskwright/sdk/rpc';
import type { SearchHit, WorkbenchParams, WorkbenchProtocol } from '../../core/src/common/workbench';
import { RPC_PATH } from '../../core/src/common/workbench/endpoints';
import { workbenchMessages } from '../../core/src/common/workbench/generated/messages';
import { scratchFolder } from '../support/scratch';
import { waitFor } from '../support/waitFor';
import { sharedWorkbench } from '../support/workbench';

const MIB = 1024 * 1024;
const LARGE = 900_000;
const HITS = 100_000;
const workbench = sharedWorkbench();

interface SlowPage {
  page: Peer<WorkbenchProtocol>;
  pause(): void;
  /** Takes what one read of the connection brings in each interval. */
  readSlowly(milliseconds: number): void;
}

async function slowPage(handlers: PeerHandlers<WorkbenchProtocol> = {}): Promise<SlowPage> {
  const socket = new WebSocket(workbench.origin.replace('http', 'ws') + RPC_PATH, {
    origin: workbench.origin,
    headers: { cookie: workbench.cookie },
  });
  onTestFinished(() => socket.terminate());
  const stream = createWebSocketStream(socket);
  const page = createPeer<WorkbenchProtocol>({ stream, table: workbenchMessages, side: 'plugin', name: 'the server', handlers });
  await new Promise<void>((resolve) => socket.once('open', resolve));
  const pause = (): void => void stream.pause();
  return {
    page,
    pause,
    readSlowly: (milliseconds) => {
      pause();
      stream.on('data', pause);
      const timer = setInterval(() => stream.resume(), milliseconds);
      onTestFinished(() => clearInterval(timer));
    },
  };
}

/** Resident bytes of the server's process. */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${workbench.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

/** A disk on which a text stands so many times, and where. */
async function diskFullOf(text: string, count: number): Promise<{ deviceId: string; offsets: number[] }> {
  const path = join(await scratchFolder(), 'hits.img');
  const bytes = Buffer.alloc(Math.ceil((count * 16) / MIB) * MIB);
  const offsets = Array.from({ length: count }, (_, index) => index * 16);
  for (const offset of offsets) bytes.write(text, offset);
  await writeFile(path, bytes);
  return { deviceId: (await workbench.request('devices/open', { path })).deviceId, offsets };
}

function search(deviceId: string): WorkbenchParams<'search/start'> {
  const pattern = { kind: 'text' as const, text: 'needle', ignoreCase: false, encodings: ['utf-8' as const] };
  return { token: 'slow', deviceId, pattern, limit: HITS };
}

test('many large answers at once all come to a page that reads slowly', async () => {
  await workbench.request('state/write', { key: 'large', value: 'y'.repeat(LARGE) });
  const { page, readSlowly } = await slowPage();
  readSlowly(5);
  const answers = await Promise.all(Array.from({ length: 20 }, () => page.request('state/read', { key: 'large' })));
  expect(answers.map(({ value }) => (value as string).length)).toEqual(Array.from({ length: 20 }, () => LARGE));
});

test('a hundred thousand hits all come to a page that reads slowly, in order, and are not kept for it', async () => {
  const { deviceId, offsets } = await diskFullOf('needle', HITS);
  const hits: SearchHit[] = [];
  let ended: WorkbenchParams<'search/ended'> | null = null;
  const { page, pause, readSlowly } = await slowPage({
    'search/progress': (progress) => void hits.push(...progress.hits),
    'search/ended': (end) => void (ended = end),
  });
  const before = await residentBytes();
  pause();
  page.request('search/start', search(deviceId)).catch(() => undefined);
  const other = await workbench.connect();
  // Another page is served meanwhile.
  await other.request('devices/list', {});
  readSlowly(2);
  await waitFor(() => ended !== null, 'the search ends');
  expect(ended).toMatchObject({ state: 'limit', hits: HITS });
  expect(hits.map(({ offset }) => offset)).toEqual(offsets);
  expect((await residentBytes()) - before).toBeLessThan(96 * MIB);
});

test('a search for a page that does not read holds up no other', async () => {
  const { deviceId, offsets } = await diskFullOf('needle', 30_000);
  const { page, pause } = await slowPage();
  pause();
  page.request('search/start', search(deviceId)).catch(() => undefined);
  let ended: WorkbenchParams<'search/ended'> | null = null;
  const other = await workbench.connect({ 'search/ended': (end) => void (ended = end) });
  await other.request('search/start', search(deviceId));
  await waitFor(() => ended !== null, 'the other search ends');
  expect(ended).toMatchObject({ state: 'done', hits: offsets.length });
});

test('what a page asks for and does not read is not made ready for it', async () => {
  await workbench.request('state/write', { key: 'large', value: 'y'.repeat(LARGE) });
  const { page, pause } = await slowPage();
  const before = await residentBytes();
  pause();
  const asked = Array.from({ length: 400 }, () => page.request('state/read', { key: 'large' }).catch(() => null));
  let most = 0;
  for (let round = 0; round < 20; round++) {
    await workbench.request('devices/list', {});
    most = Math.max(most, (await residentBytes()) - before);
  }
  expect(most).toBeLessThan(160 * MIB);
  page.close();
  await Promise.all(asked);
});

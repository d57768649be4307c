/** A peer that is slow gets everything; one that does not read at all costs little, and not for ever. */
import { afterEach, expect, test } from 'vitest';
import type { Socket } from 'node:net';
import type { DiskwrightError } from '../errors';
import { type PluginProtocol, pluginMessages } from '../protocol/index';
import { socketPair } from '../testing/socketPair';
import { createPeer, type Peer, type PeerHandlers, type RpcLimits } from './index';

const LARGE = 900_000;
const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

interface Pair {
  host: Peer<PluginProtocol>;
  hostClosed: Promise<DiskwrightError | null>;
  plugin: Peer<PluginProtocol>;
  hostSocket: Socket;
  pluginSocket: Socket;
}

/** Both ends of a connection; the plugin's reads what is let through to it. */
async function pair(
  hostHandlers: PeerHandlers<PluginProtocol>,
  { pluginHandlers = {}, limits = {} }: { pluginHandlers?: PeerHandlers<PluginProtocol>; limits?: Partial<RpcLimits> } = {},
): Promise<Pair> {
  const [hostSocket, pluginSocket] = await socketPair({ pauseOnAccept: true });
  cleanups.push(() => [hostSocket, pluginSocket].forEach((socket) => socket.destroy()));
  let onClose: (error: DiskwrightError | null) => void = () => undefined;
  const hostClosed = new Promise<DiskwrightError | null>((resolve) => (onClose = resolve));
  const common = { table: pluginMessages, limits };
  const host = createPeer<PluginProtocol>({
    ...common,
    stream: hostSocket,
    side: 'host',
    name: 'plugin slow',
    handlers: hostHandlers,
    onClose,
  });
  const plugin = createPeer<PluginProtocol>({
    ...common,
    stream: pluginSocket,
    side: 'plugin',
    name: 'host',
    handlers: pluginHandlers,
  });
  pluginSocket.resume();
  return { host, hostClosed, plugin, hostSocket, pluginSocket };
}

/** Takes no more than one piece of the stream in each interval. */
function readSlowly(socket: Socket, milliseconds = 1): void {
  socket.pause();
  socket.on('data', () => socket.pause());
  const timer = setInterval(() => socket.resume(), milliseconds);
  cleanups.push(() => clearInterval(timer));
}

const TEXT = 'y'.repeat(LARGE);
const answer = { values: { TEXT } };
/** Asks for large answers all at once; their lengths. */
const askForLarge = (plugin: Peer<PluginProtocol>, count: number): Promise<number[]> =>
  Promise.all(
    Array.from({ length: count }, async () => ((await plugin.request('settings/read', {})).values['TEXT'] as string).length),
  );
const allLarge = (count: number): number[] => Array.from({ length: count }, () => LARGE);

test('a slow reader of many large answers gets all of them', async () => {
  const { plugin, pluginSocket } = await pair({ 'settings/read': () => answer });
  readSlowly(pluginSocket);
  expect(await askForLarge(plugin, 40)).toEqual(allLarge(40));
});

test('answers that are ready at one moment wait for one another', async () => {
  let finish = (): void => undefined;
  const ready = new Promise<void>((resolve) => (finish = resolve));
  let started = 0;
  const { plugin } = await pair({
    'settings/read': async () => {
      if (++started === 40) finish();
      await ready;
      return answer;
    },
  });
  expect(await askForLarge(plugin, 40)).toEqual(allLarge(40));
});

test('large questions and large answers both ways at once do not block each other', async () => {
  const { host, plugin } = await pair(
    { 'settings/read': () => answer },
    { pluginHandlers: { 'command/execute': () => ({ kind: 'value', value: TEXT }) } },
  );
  const call = { command: 'a.b', input: { TEXT }, progressToken: 't', named: {} };
  const [answers, results] = await Promise.all([
    askForLarge(plugin, 40),
    Promise.all(Array.from({ length: 40 }, () => host.request('command/execute', call))),
  ]);
  expect(answers).toEqual(allLarge(40));
  expect(results).toHaveLength(40);
});

test('nothing more is begun for a peer that does not read', async () => {
  let started = 0;
  const lines: string[] = [];
  const { plugin, pluginSocket } = await pair({
    'settings/read': () => {
      started++;
      return answer;
    },
    'log/write': ({ message }) => void lines.push(message),
  });
  pluginSocket.pause();
  const answers = askForLarge(plugin, 100);
  await plugin.notify('log/write', { level: 'info', message: 'behind the requests' });
  await expect.poll(() => lines).toHaveLength(1);
  // What fits under the mark, and into the kernel's own buffer.
  expect(started).toBeLessThan(4);
  pluginSocket.resume();
  expect(await answers).toEqual(allLarge(100));
});

test('a peer that takes nothing for the whole time is hung up on', async () => {
  const { plugin, pluginSocket, hostClosed } = await pair(
    { 'settings/read': () => answer },
    { limits: { stalledMilliseconds: 80 } },
  );
  pluginSocket.pause();
  plugin.request('settings/read', {}).catch(() => undefined);
  expect(await hostClosed).toMatchObject({
    code: 'PeerGone',
    message: expect.stringMatching(/has taken nothing for 0.08 s/) as string,
  });
});

test('a peer that takes a little now and then is not', async () => {
  const { plugin, pluginSocket } = await pair({ 'settings/read': () => answer }, { limits: { stalledMilliseconds: 400 } });
  const startedAt = performance.now();
  readSlowly(pluginSocket, 20);
  expect(await askForLarge(plugin, 8)).toEqual(allLarge(8));
  expect(performance.now() - startedAt).toBeGreaterThan(400);
});

test('a peer that goes on asking without reading is hung up on', async () => {
  const { plugin, pluginSocket, hostClosed } = await pair(
    { 'settings/read': () => answer },
    { limits: { outgoingRequests: 5000 } },
  );
  pluginSocket.pause();
  for (let count = 0; count < 5000; count++) plugin.request('settings/read', {}).catch(() => undefined);
  expect(await hostClosed).toMatchObject({
    code: 'PeerGone',
    message: expect.stringMatching(/asks without reading|requests allowed were open/) as string,
  });
});

test('an end that sends without waiting does not fill its memory', async () => {
  const { plugin, hostSocket } = await pair({});
  hostSocket.pause();
  for (let count = 0; count < 20; count++) plugin.notify('log/write', { level: 'info', message: TEXT }).catch(() => undefined);
  await expect.poll(() => plugin.closed).toBe(true);
});

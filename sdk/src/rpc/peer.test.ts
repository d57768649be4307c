import { afterEach, expect, test } from 'vitest';
import type { Socket } from 'node:net';
import {
  CancelledError,
  CapabilityDeniedError,
  DamagedStructureError,
  type DiskwrightError,
  FrameTooLargeError,
  MediaError,
  PeerGoneError,
} from '../errors';
import type { PluginProtocol } from '../protocol/index';
import { pluginMessages } from '../protocol/index';
import { socketPair } from '../testing/socketPair';
import { createPeer, type Peer, type PeerOptions } from './index';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

type Side = Partial<PeerOptions<PluginProtocol>>;
interface Pair {
  host: Peer<PluginProtocol>;
  plugin: Peer<PluginProtocol>;
  hostSocket: Socket;
  pluginSocket: Socket;
}

async function connected(hostSide: Side = {}, pluginSide: Side = {}): Promise<Pair> {
  const [hostSocket, pluginSocket] = await socketPair();
  cleanups.push(() => [hostSocket, pluginSocket].forEach((socket) => socket.destroy()));
  const common = { table: pluginMessages, handlers: {} };
  const host = createPeer<PluginProtocol>({ ...common, stream: hostSocket, side: 'host', name: 'plugin test', ...hostSide });
  const plugin = createPeer<PluginProtocol>({ ...common, stream: pluginSocket, side: 'plugin', name: 'the host', ...pluginSide });
  return { host, plugin, hostSocket, pluginSocket };
}

const digest = 'ab'.repeat(32);

test('a request is answered, both ways', async () => {
  const { host, plugin } = await connected(
    { handlers: { 'blob/get': ({ digest: wanted }) => ({ transferId: wanted.slice(0, 4) }) } },
    { handlers: { 'filesystem/open': ({ filesystem }) => ({ score: 1, handle: filesystem, type: 'ext4' }) } },
  );
  const lease = { leaseId: 'l1', size: 1, sectorSize: 512 as const, offset: 0 };
  expect(await host.request('filesystem/open', { filesystem: 'ext', lease })).toEqual({ score: 1, handle: 'ext', type: 'ext4' });
  expect(await plugin.request('blob/get', { digest, bytes: 1 })).toEqual({ transferId: 'abab' });
});

test('errors keep their type and detail', async () => {
  const errors: DiskwrightError[] = [
    new MediaError('sector 7', { device: '/dev/sdx', offset: 3584, length: 512, todo: 'Replace the disk.' }),
    new DamagedStructureError('ext4 superblock', 'magic', { offset: 1024 }),
    new CapabilityDeniedError('no', { details: ['a', 'b'] }),
  ];
  const { host } = await connected({}, { handlers: { ping: () => Promise.reject(errors[0]!) } });
  while (errors.length > 0) {
    const caught = await host.request('ping', {}).catch((error: unknown) => error);
    expect(caught).toStrictEqual(errors[0]);
    errors.shift();
  }
});

test('invalid parameters are refused by the receiver and named', async () => {
  const { host } = await connected({}, { handlers: { 'filesystem/close': () => ({}) } });
  await expect(host.request('filesystem/close', { handle: '' })).rejects.toMatchObject({
    code: 'InvalidInput',
    message: 'filesystem/close: handle must NOT have fewer than 1 characters',
  });
});

test('an invalid result names the peer and the method', async () => {
  const { host } = await connected({}, { handlers: { 'filesystem/minimumSize': () => ({ size: -1 }) } });
  await expect(host.request('filesystem/minimumSize', { handle: 'h' })).rejects.toMatchObject({
    code: 'Failed',
    message: 'plugin test answered filesystem/minimumSize with an invalid result: size must be >= 0',
  });
});

test('a message cannot be sent the wrong way', async () => {
  const { host, plugin } = await connected();
  await expect(
    plugin.request('initialize', { protocol: { min: 1, max: 1 }, pluginId: 'x', hostVersion: '1', features: {} }),
  ).rejects.toMatchObject({
    code: 'InvalidInput',
  });
  await expect(host.request('volume/open', { deviceId: 'd', partition: 0 })).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('a message that comes the wrong way is refused', async () => {
  const { hostSocket, pluginSocket } = await connected();
  const answers = rawAnswers(pluginSocket);
  pluginSocket.write(frame({ jsonrpc: '2.0', id: 1, method: 'shutdown', params: {} }));
  pluginSocket.write(frame({ jsonrpc: '2.0', id: 2, method: 'constructor', params: {} }));
  pluginSocket.write(frame({ jsonrpc: '2.0', id: 3, method: 'device/layout', params: { deviceId: 'd' } }));
  await expect
    .poll(() => answers().match(/"message":"[^"]*"/g))
    .toEqual([
      '"message":"shutdown goes the other way: it may not be sent by plugin test"',
      '"message":"constructor is not a message of this protocol"',
      '"message":"device/layout is not handled by this end"',
    ]);
  expect(hostSocket.destroyed).toBe(false);
});

test('the gate answers before the handler is asked', async () => {
  let asked = false;
  const { plugin } = await connected({
    gate: (descriptor) => {
      if (descriptor.capability) throw new CapabilityDeniedError(`${descriptor.method} needs ${descriptor.capability}`);
    },
    handlers: {
      'device/table': () => {
        asked = true;
        return null;
      },
    },
  });
  await expect(plugin.request('device/table', { deviceId: 'd' })).rejects.toMatchObject({ code: 'CapabilityDenied' });
  expect(asked).toBe(false);
});

test('aborting a request aborts the handler at the other end, in both directions', async () => {
  const aborted: string[] = [];
  const wait =
    (name: string) =>
    (_: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise<Record<string, never>>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted.push(name);
          reject(new Error('stopped'));
        });
      });
  const { host, plugin } = await connected({ handlers: { ping: wait('host') } }, { handlers: { ping: wait('plugin') } });
  for (const peer of [host, plugin]) {
    const controller = new AbortController();
    const answer = peer.request('ping', {}, controller.signal);
    setImmediate(() => controller.abort());
    await expect(answer).rejects.toBeInstanceOf(CancelledError);
  }
  expect(aborted).toEqual(['plugin', 'host']);
});

test('a peer that ignores a cancel is not waited for', async () => {
  const { host } = await connected(
    { limits: { cancelGraceMilliseconds: 10 } },
    { handlers: { ping: () => new Promise(() => undefined) } },
  );
  const controller = new AbortController();
  const answer = host.request('ping', {}, controller.signal);
  controller.abort();
  await expect(answer).rejects.toBeInstanceOf(CancelledError);
});

test('pending requests fail and running handlers abort when the peer goes', async () => {
  let handlerSignal: AbortSignal | undefined;
  const closed: (DiskwrightError | null)[] = [];
  const { host, plugin, pluginSocket } = await connected(
    { onClose: (error) => closed.push(error) },
    {
      handlers: {
        ping: (_, { signal }) => {
          handlerSignal = signal;
          setImmediate(() => pluginSocket.destroy());
          return new Promise(() => undefined);
        },
      },
    },
  );
  await expect(host.request('ping', {})).rejects.toBeInstanceOf(PeerGoneError);
  expect(host.closed).toBe(true);
  expect(closed).toEqual([null]);
  await expect.poll(() => handlerSignal?.aborted && plugin.closed).toBe(true);
  await expect(host.request('ping', {})).rejects.toThrow('plugin test ended before it answered ping');
});

test('a request too large is not sent, and the connection lives', async () => {
  const { plugin } = await connected({
    handlers: { ping: () => ({}), 'device/describe': () => Promise.reject(new Error('never sent')) },
  });
  const huge = { deviceId: 'x'.repeat(1024 * 1024) };
  await expect(plugin.request('device/describe', huge)).rejects.toBeInstanceOf(FrameTooLargeError);
  await expect(plugin.notify('log/write', { level: 'info', message: 'x'.repeat(1024 * 1024) })).rejects.toBeInstanceOf(
    FrameTooLargeError,
  );
  expect(await plugin.request('ping', {})).toEqual({});
});

test('an answer too large becomes an error at the caller, and the connection lives', async () => {
  const { host } = await connected(
    {},
    { handlers: { ping: () => ({}), 'filesystem/readlink': () => ({ target: 'x'.repeat(1024 * 1024) }) } },
  );
  await expect(host.request('filesystem/readlink', { handle: 'h', node: 'n' })).rejects.toBeInstanceOf(FrameTooLargeError);
  expect(await host.request('ping', {})).toEqual({});
});

test('more requests than the window all are answered, in order', async () => {
  let running = 0;
  let most = 0;
  const { host } = await connected(
    {},
    {
      handlers: {
        'filesystem/readlink': async ({ node }) => {
          most = Math.max(most, ++running);
          await new Promise(setImmediate);
          running--;
          return { target: node };
        },
      },
    },
  );
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => host.request('filesystem/readlink', { handle: 'h', node: `${index}` })),
  );
  expect(answers.map(({ target }) => Number(target))).toEqual(answers.map((_, index) => index));
  expect(most).toBeLessThanOrEqual(128);
  expect(host.pending).toBe(0);
});

test('an invalid notification is dropped and reported', async () => {
  const violations: string[] = [];
  const { plugin } = await connected({
    onViolation: (error) => violations.push(error.message),
    handlers: { 'log/write': () => undefined },
  });
  await plugin.notify('log/write', { level: 'loud' as 'info', message: '' });
  await expect.poll(() => violations[0]).toMatch(/^log\/write: level must be equal to constant/);
});

function frame(message: unknown): string {
  const text = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

function rawAnswers(socket: Socket): () => string {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

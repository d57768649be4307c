/** Frames and messages that a page would never send: each ends its own connection at most, and costs the server little. */
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { nbdkit } from '../support/nbdServer';
import { waitFor } from '../support/waitFor';
import { sharedWorkbench } from '../support/workbench';
import { frame, type Frame, message, openRawWebSocket, OPCODE } from './support/rawWebSocket';

const MIB = 2 ** 20;
const workbench = sharedWorkbench();

/** Others are served as before. */
afterEach(async () => {
  await workbench.request('devices/list', {});
});

/** Resident bytes of the server's process. */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${workbench.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

/** What has come so far. */
function collect(socket: Socket): () => string {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  return () => text;
}

const request = (id: number, method: string, params: string): Buffer =>
  message(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`);

test.each<[string, Frame, number]>([
  ['a frame without a mask', { opcode: OPCODE.binary, payload: Buffer.from('a'), unmasked: true }, 1002],
  ['a compressed message', { opcode: OPCODE.binary, payload: Buffer.from('a'), compressed: true }, 1002],
  ['a kind of frame that is none', { opcode: 3 }, 1002],
  ['a continuation of nothing', { opcode: OPCODE.continuation, payload: Buffer.from('a') }, 1002],
  ['a ping of 126 bytes', { opcode: OPCODE.ping, payload: Buffer.alloc(126) }, 1002],
  ['a ping in pieces', { opcode: OPCODE.ping, final: false }, 1002],
  ['text that is none', { opcode: OPCODE.text, payload: Buffer.from([0xff, 0xfe]) }, 1007],
])('%s ends the connection', async (_name, given, code) => {
  const socket = await openRawWebSocket(workbench);
  await socket.send(given);
  expect(await socket.closed).toBe(code);
});

test('a frame that announces more than there is memory is refused by its header', async () => {
  const { socket, closed } = await openRawWebSocket(workbench);
  const header = frame({ opcode: OPCODE.binary, payload: Buffer.alloc(65_536) }).subarray(0, 14);
  header.writeBigUInt64BE(2n ** 40n, 2);
  socket.write(header);
  expect(await closed).toBe(1009);
});

test('a message in pieces without end is cut off at the limit', async () => {
  const { send, closed, socket } = await openRawWebSocket(workbench);
  const piece = Buffer.alloc(60_000);
  await send({ opcode: OPCODE.binary, payload: piece, final: false });
  let sent = piece.length;
  for (; !socket.destroyed && sent < 16 * MIB; sent += piece.length)
    await send({ opcode: OPCODE.continuation, payload: piece, final: false });
  // What was still being sent may push the server's last word out of the way.
  expect([1009, null]).toContain(await closed);
  expect(sent).toBeLessThan(16 * MIB);
});

test('empty pieces without end take no memory', async () => {
  const { send, socket } = await openRawWebSocket(workbench);
  await send({ opcode: OPCODE.binary, final: false });
  const before = await residentBytes();
  const many = Buffer.concat(Array.from({ length: 10_000 }, () => frame({ opcode: OPCODE.continuation, final: false })));
  for (let round = 0; round < 50; round++) await new Promise((resolve) => socket.write(many, resolve));
  expect((await residentBytes()) - before).toBeLessThan(64 * MIB);
});

test('who sends pings and reads no pongs is hung up on', async () => {
  const { socket } = await openRawWebSocket(workbench);
  socket.pause();
  const before = await residentBytes();
  const pings = Buffer.concat(Array.from({ length: 5000 }, () => frame({ opcode: OPCODE.ping, payload: Buffer.alloc(125) })));
  let open = true;
  socket.once('close', () => (open = false));
  for (let round = 0; open && round < 200; round++)
    await Promise.race([
      new Promise((resolve) => socket.write(pings, resolve)),
      new Promise((resolve) => socket.once('close', resolve)),
    ]);
  await waitFor(() => !open, 'the connection ends');
  expect((await residentBytes()) - before).toBeLessThan(128 * MIB);
});

test.each([
  ['arrays in arrays', 'state/write', `{"key":"bomb","value":${'['.repeat(400_000)}${']'.repeat(400_000)}}`],
  ['objects in objects', 'state/write', `{"key":"bomb","value":${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}}`],
  ['a list of half a million numbers', 'state/write', `{"key":"bomb","value":[${'0,'.repeat(500_000)}0]}`],
  [
    'deep input of a command',
    'commands/resolve',
    `{"command":"disk-clone.cloneDisk","input":{"source":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`,
  ],
  [
    'an input of a hundred thousand fields',
    'commands/resolve',
    `{"command":"disk-clone.cloneDisk","input":{${Array.from({ length: 60_000 }, (_, at) => `"f${at}":0`).join(',')}}}`,
  ],
  [
    'a prototype',
    'commands/resolve',
    '{"command":"disk-clone.cloneDisk","input":{"__proto__":{"source":"/dev/null"},"constructor":{"prototype":{}}}}',
  ],
  ['a prototype for parameters', 'devices/open', '{"__proto__":{"path":"/dev/null"}}'],
  ['a prototype for a setting', 'settings/set', '{"key":"__proto__","value":{"polluted":true}}'],
  ['a number that is none', 'structures/list', '{"deviceId":"x","scope":1e400,"from":-0.5}'],
])('%s is answered', async (_name, method, params) => {
  const { send, socket } = await openRawWebSocket(workbench);
  const received = collect(socket);
  await send({ opcode: OPCODE.binary, payload: request(1, method, params) });
  await waitFor(() => /"id":1,"(result|error)"/.test(received()), 'it is answered');
});

test('ids, methods and parameters of the wrong kind end the connection or are refused', async () => {
  for (const body of [
    '{"jsonrpc":"2.0","id":{"a":1},"method":"devices/list","params":{}}',
    '{"jsonrpc":"2.0","id":1,"method":["devices/list"],"params":{}}',
    '{"jsonrpc":"2.0","id":1,"method":"devices/list","params":"x"}',
    `{"jsonrpc":"2.0","id":1,"method":"${'a'.repeat(129)}","params":{}}`,
    '{"jsonrpc":"1.0","id":1,"method":"devices/list","params":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}',
    '[{"jsonrpc":"2.0","id":1,"method":"devices/list","params":{}}]',
  ]) {
    const { send, closed, socket } = await openRawWebSocket(workbench);
    await send({ opcode: OPCODE.binary, payload: message(body) });
    if (!body.includes('"result"')) expect(await closed, body).toBe(1002);
    socket.destroy();
  }
});

test.each(['constructor', '__proto__', 'toString', 'devices/none', 'workbench/run', 'shutdown', '$/setTrace', 'rpc.discover'])(
  '%s is no method',
  async (method) => {
    const page = await workbench.connect();
    const ask = page.request as (method: string, params: object) => Promise<unknown>;
    await expect(ask(method, {})).rejects.toThrow();
    const { send, socket } = await openRawWebSocket(workbench);
    const received = collect(socket);
    await send({ opcode: OPCODE.binary, payload: request(1, method, '{}') });
    await waitFor(() => received().includes('"id":1,"error"'), 'it is refused');
  },
);

test('of a flood of requests only so many run, and the rest is refused or waits', async () => {
  const { socket } = await openRawWebSocket(workbench);
  const received = collect(socket);
  const count = 2000;
  const before = await residentBytes();
  for (let id = 0; id < count; id++)
    socket.write(frame({ opcode: OPCODE.binary, payload: request(id, 'files/list', '{"folder":"/"}') }));
  await workbench.request('devices/list', {});
  await waitFor(() => received().includes(`"id":${count - 1},`), 'the last one is answered');
  expect((await residentBytes()) - before).toBeLessThan(512 * MIB);
});

test('a page cannot end what another page has started', async () => {
  const { uri } = await nbdkit('--filter=delay', 'pattern', '8M', 'rdelay=200ms');
  const ended: string[] = [];
  const mine = await workbench.connect({ 'search/ended': ({ state }) => void ended.push(state) });
  const theirs = await workbench.connect();
  const { deviceId } = await mine.request('devices/open', { path: uri });
  const pattern = { kind: 'hex' as const, text: 'deadbeefdeadbeefdead', ignoreCase: false };
  await mine.request('search/start', { token: 'shared', deviceId, pattern: { ...pattern, encodings: ['utf-8'] }, limit: 10 });
  await theirs.request('search/cancel', { token: 'shared' });
  await theirs.request('compare/cancel', { token: 'shared' });
  await waitFor(() => ended.length > 0, 'the search ends');
  expect(ended).toEqual(['done']);
});

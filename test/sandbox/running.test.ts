import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { RPC_DESCRIPTOR, writeCodeCache } from '../../core/src/host/sandbox';
import { pluginUid } from '../../core/src/host/sandbox/pluginIdentity';
import { hostUid, ordinarySetting, settings, startPlugin, TestGround, type Setting, type StartedPlugin } from './sandbox';

const MEMORY = 512 * 1024 * 1024;

let rpcBundle = '';
beforeAll(async () => {
  const entry = fileURLToPath(new URL('./probe/rpc.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    conditions: ['diskwright-source'],
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  rpcBundle = outputFiles[0]!.text;
});

/** A well-behaved plugin and the connection to it. */
function startRpcPlugin(setting: Setting): { plugin: StartedPlugin; connection: MessageConnection; mainFile: string } {
  const ground = new TestGround(onTestFinished);
  const bundle = ground.makePlugin(setting.identity, rpcBundle);
  const plugin = startPlugin(ground, setting, bundle);
  const socket = (plugin.child.stdio as unknown[])[RPC_DESCRIPTOR] as Socket;
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  connection.listen();
  ground.defer(() => connection.dispose());
  return { plugin, connection, mainFile: bundle.mainFile };
}

describe.each(settings)('a plugin ($name)', (setting) => {
  it('answers over JSON-RPC from a folder that is closed to it, with an identity of its own and a clean environment', async () => {
    const { connection, mainFile } = startRpcPlugin(setting);
    expect(await connection.sendRequest('identity')).toEqual({
      uid: setting.identity === 'root' ? pluginUid('test-plugin') : (hostUid('user') ?? process.getuid!()),
      file: mainFile,
      environment: process.env['TZ']
        ? ['DISKWRIGHT_PLUGIN', 'LANG', 'OPENSSL_CONF', 'TZ']
        : ['DISKWRIGHT_PLUGIN', 'LANG', 'OPENSSL_CONF'],
    });
  });

  it('has timers', async () => {
    const { connection } = startRpcPlugin(setting);
    expect(await connection.sendRequest('later', 5)).toBe('now');
  });

  it('can tell its use of memory', async () => {
    const { connection } = startRpcPlugin(setting);
    expect(await connection.sendRequest('memory')).toBe(true);
  });

  it('reads from and writes to a socket it is handed', async () => {
    const { plugin, connection } = startRpcPlugin(setting);
    const [near, far] = await socketPair();
    const received = new Promise((resolve) => connection.onNotification('received', resolve));
    await connection.sendRequest('identity');
    plugin.child.send({ descriptor: 'lease-1' }, far);
    near.write('question');
    expect(await received).toEqual({ descriptor: 'lease-1', text: 'question' });
    expect(String(await once(near, 'data'))).toBe('answer');
  });
});

/** Two connected unix sockets; the second is paused, so that nothing of it is read here. */
async function socketPair(): Promise<[Socket, Socket]> {
  const ground = new TestGround(onTestFinished);
  const server = createServer({ pauseOnConnect: true }).listen(ground.path('pair'));
  ground.defer(() => server.close());
  await once(server, 'listening');
  const near = connect(ground.path('pair'));
  ground.defer(() => near.destroy());
  const [far] = (await once(server, 'connection')) as [Socket];
  return [near, far];
}

describe('a plugin that may be read by everybody', () => {
  it.each(settings)('reads the files of its folder ($name)', async (setting) => {
    const ground = new TestGround(onTestFinished);
    const bundle = ground.makePlugin(setting.identity, `console.log(require('./data.json').value)`);
    writeFileSync(`${bundle.pluginFolder}/data.json`, '{"value":"read"}', { mode: 0o644 });
    chmodSync(`${bundle.pluginFolder}/data.json`, 0o644);
    chmodSync(bundle.pluginFolder, 0o755);
    const plugin = startPlugin(ground, setting, bundle);
    expect([await plugin.ended, await plugin.output, await plugin.errors]).toEqual([0, 'read\n', '']);
  });
});

describe('an error in a plugin', () => {
  it('names its file and line', async () => {
    const ground = new TestGround(onTestFinished);
    const bundle = ground.makePlugin('user', `\n\nthrow new Error('deliberate')`);
    const plugin = startPlugin(ground, ordinarySetting, bundle);
    expect(await plugin.ended).toBe(1);
    expect(await plugin.errors).toContain(`${bundle.mainFile}:3`);
  });
});

describe('the code cache', () => {
  it.each(settings)('is taken by a plugin in its sandbox ($name)', async (setting) => {
    // V8 tells sources apart by length alone: the code of the other file is proof that the cache was used.
    const ground = new TestGround(onTestFinished);
    const bundle = ground.makePlugin(setting.identity, `console.log('source')`);
    const other = ground.makePlugin(setting.identity, `console.log('cached')`, 'other');
    const cacheFile = ground.path('cache');
    await writeCodeCache(other.mainFile, cacheFile);
    if (hostUid(setting.identity) !== undefined) chmodSync(cacheFile, 0o644);
    const plugin = startPlugin(ground, setting, { ...bundle, cacheFile, memoryBytes: MEMORY });
    expect(await plugin.output).toBe('cached\n');
  });

  it.each(['missing', 'damaged'])('may be %s', async (state) => {
    const ground = new TestGround(onTestFinished);
    const bundle = ground.makePlugin('user', `console.log('source')`);
    if (state === 'damaged') writeFileSync(ground.path('cache'), 'no code cache', { mode: 0o644 });
    const plugin = startPlugin(ground, ordinarySetting, { ...bundle, cacheFile: ground.path('cache') });
    expect(await plugin.output).toBe('source\n');
  });
});

describe('a granted tool', () => {
  const source = `console.log(require('node:child_process').execFileSync('/bin/echo', ['granted'], { encoding: 'utf8' }))`;

  it.each(settings)('can be started ($name)', async (setting) => {
    const ground = new TestGround(onTestFinished);
    const plugin = startPlugin(ground, setting, { ...ground.makePlugin(setting.identity, source), tools: ['/bin/echo'] });
    expect([await plugin.output, await plugin.errors]).toEqual(['granted\n\n', '']);
  });

  it.each(settings)('can print to nowhere ($name)', async (setting) => {
    const ground = new TestGround(onTestFinished);
    const silent = `console.log(require('node:child_process').spawnSync('/bin/echo', { stdio: 'ignore' }).status)`;
    const plugin = startPlugin(ground, setting, { ...ground.makePlugin(setting.identity, silent), tools: ['/bin/echo'] });
    expect(await plugin.output).toBe('0\n');
  });

  it.each(settings)('does not open the way to other processes ($name)', async (setting) => {
    const ground = new TestGround(onTestFinished);
    const signal = `process.kill(process.ppid, 0)`;
    const plugin = startPlugin(ground, setting, { ...ground.makePlugin(setting.identity, signal), tools: ['/bin/echo'] });
    expect(await plugin.errors).toContain('EPERM');
  });

  it.each(settings)('does not open the way for others ($name)', async (setting) => {
    const ground = new TestGround(onTestFinished);
    const plugin = startPlugin(ground, setting, { ...ground.makePlugin(setting.identity, source), tools: ['/bin/true'] });
    expect(await plugin.errors).toMatch(/EACCES|ENOENT/);
  });
});

describe('output of a plugin', () => {
  it('reaches the host whole', async () => {
    const ground = new TestGround(onTestFinished);
    const plugin = startPlugin(ground, ordinarySetting, ground.makePlugin('user', `console.log('x'.repeat(1e6))`));
    expect((await plugin.output).length).toBe(1e6 + 1);
  });
});

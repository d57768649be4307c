import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostUid, launcherArguments, ordinarySetting, settings, startPlugin, TestGround } from './sandbox';

const MEBIBYTE = 1024 * 1024;
const MEMORY = 256 * MEBIBYTE;

/** Takes 16 MiB at a time, a dot each, until there is no more. V8 has nothing left to go on with then, and may abort. */
const takeBuffers = `
  const buffers = [];
  for (let count = 0; count < 64; count++) {
    buffers.push(Buffer.alloc(16 * ${MEBIBYTE}, 1));
    require('node:fs').writeSync(1, '.');
  }`;

const takeAtOnce = `
  try {
    Buffer.alloc(2 * ${MEMORY});
  } catch (error) {
    console.log(error.name);
  }`;

const fillHeap = `
  const objects = [];
  for (;;) objects.push({ index: objects.length, text: 'x' + objects.length });`;

describe.each(settings)('memory ($name)', (setting) => {
  it('is refused beyond the limit', async () => {
    const ground = new TestGround(onTestFinished);
    const plugin = startPlugin(ground, setting, { ...ground.makePlugin(setting.identity, takeAtOnce), memoryBytes: MEMORY });
    expect(await plugin.output).toBe('RangeError\n');
  });

  it('cannot be had beyond the limit bit by bit either', async () => {
    const ground = new TestGround(onTestFinished);
    const plugin = startPlugin(ground, setting, { ...ground.makePlugin(setting.identity, takeBuffers), memoryBytes: MEMORY });
    const { length } = await plugin.output;
    expect(length * 16 * MEBIBYTE).toBeGreaterThan(MEMORY / 2);
    expect(length * 16 * MEBIBYTE).toBeLessThan(MEMORY);
    expect(await plugin.ended).not.toBe(0);
  });
});

describe('a plugin', () => {
  it('that fills its heap ends, and says why', async () => {
    const ground = new TestGround(onTestFinished);
    const bundle = ground.makePlugin('user', fillHeap);
    const plugin = startPlugin(ground, ordinarySetting, { ...bundle, memoryBytes: MEMORY });
    expect(await plugin.errors).toMatch(/heap out of memory/);
  });

  it('that floods its log with nobody reading it is only held up', async () => {
    const ground = new TestGround(onTestFinished);
    const plugin = startPlugin(ground, ordinarySetting, ground.makePlugin('user', `process.stdout.write('x'.repeat(1e7))`));
    expect((await plugin.output).length).toBe(1e7);
  });
});

/** A host in a process of its own: it starts a plugin, which writes to the standard output that it shares with it, and waits. */
const host = `
  const { spawn } = require('node:child_process');
  const [command, ...args] = process.argv.slice(1).map((argument) => (argument === 'HOST' ? String(process.pid) : argument));
  spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'ipc', 'pipe'], env: { OPENSSL_CONF: '/dev/null' } });`;

/** It does nothing when the channel to the host closes. */
const stubborn = `
  process.on('disconnect', () => undefined);
  process.on('SIGTERM', () => undefined);
  console.log('started');
  setInterval(() => undefined, 1000);`;

describe.each(settings)('when the host is killed ($name)', (setting) => {
  it('its plugins end with it', async () => {
    const ground = new TestGround(onTestFinished);
    const { args } = launcherArguments(setting, ground.makePlugin(setting.identity, stubborn));
    args[args.indexOf('--parent') + 1] = 'HOST';
    const uid = hostUid(setting.identity);
    const hostArguments = ['--eval', host, '--', ground.launcher, ...args];
    const child = spawn(process.execPath, hostArguments, { stdio: ['ignore', 'pipe', 'inherit'], uid, gid: uid });
    ground.defer(() => child.kill('SIGKILL'));
    child.stdout!.once('data', () => child.kill('SIGKILL'));
    // The pipe ends when the last process that could write to it is gone.
    await once(child.stdout!.resume(), 'end');
  });
});

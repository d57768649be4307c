/** A debugger attached to a plugin in its sandbox, by V8's inspector protocol. */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { cli, type CliOptions } from '../support/cli';
import { bundle, echoPackage, manifest, packed, writePackage } from '../support/pluginPackages';
import { startCli } from '../support/runningCli';
import { scratchFolder } from '../support/scratch';

const WAITS = /vendor\.echo waits for a debugger at (ws:\/\/127\.0\.0\.1:\d+\/\S+)/;

interface Debugger {
  post<T = unknown>(method: string, params?: object): Promise<T>;
  /** The parameters of the next event of this name. */
  event<T = unknown>(method: string): Promise<T>;
  close(): void;
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: unknown;
}

async function attach(address: string): Promise<Debugger> {
  const socket = new WebSocket(address);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const waiting = new Map<number | string, (message: Message) => void>();
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    waiting.get(message.id ?? message.method!)?.(message);
  });
  let last = 0;
  return {
    post: async <T>(method: string, params: object = {}) => {
      const id = ++last;
      const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params }));
      const { result, error } = await answered;
      if (error) throw new Error(JSON.stringify(error));
      return result as T;
    },
    event: <T>(method: string) => new Promise<T>((resolve) => waiting.set(method, ({ params }) => resolve(params as T))),
    close: () => socket.close(),
  };
}

async function home(): Promise<{ scratch: string; options: CliOptions }> {
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home') };
  await mkdir(options.home, { mode: 0o700 });
  return { scratch, options };
}

test(
  'a plugin waits for the debugger, stops at a breakpoint for longer than a heartbeat, and goes on',
  { timeout: 60_000 },
  async () => {
    const { scratch, options } = await home();
    const main = await bundle(`
    import { definePlugin } from '@diskwright/sdk';
    const say = (word) => { debugger; return { kind: 'value', value: { said: word } }; };
    export default definePlugin({ commands: { 'echo.say': { execute: async ({ word }) => say(word) } } });
  `);
    const archive = await writePackage(join(scratch, 'echo.tgz'), packed(manifest(), main));
    expect((await cli(['plugin', 'install', archive], options)).status).toBe(0);
    const running = startCli(['--inspect-plugin', 'vendor.echo', 'echo', 'say', 'hello', '--json'], options);
    const [, address] = await running.shows(WAITS);
    const inspector = await attach(address!);
    await inspector.post('Runtime.enable');
    await inspector.post('Debugger.enable');
    const paused = inspector.event<{ callFrames: { callFrameId: string; functionName: string }[] }>('Debugger.paused');
    await inspector.post('Runtime.runIfWaitingForDebugger');
    const [frame] = (await paused).callFrames;
    expect(frame!.functionName).toBe('say');
    // A plugin that nobody debugs is taken for hung after six seconds.
    await new Promise((resolve) => setTimeout(resolve, 8_500));
    const evaluated = await inspector.post<{ result: { value: string } }>('Debugger.evaluateOnCallFrame', {
      callFrameId: frame!.callFrameId,
      expression: 'word = word + " from the debugger"',
    });
    expect(evaluated.result.value).toBe('hello from the debugger');
    // The command may have ended, and the host with it, before this is answered.
    void inspector.post('Debugger.resume');
    const { status, stdout } = await running.ended;
    expect([status, JSON.parse(stdout)]).toEqual([0, { said: 'hello from the debugger' }]);
  },
);

test('a debugger that goes away lets the plugin go on; one without the address gets nowhere', { timeout: 60_000 }, async () => {
  const { scratch, options } = await home();
  await cli(['plugin', 'install', await echoPackage(scratch, '1.0.0')], options);
  const running = startCli(['echo', 'say', 'x', '--inspect-plugin=vendor.echo'], options);
  const [, address] = await running.shows(WAITS);
  const guessed = new WebSocket(address!.replace(/\/[^/]*$/, '/guessed'));
  const [error] = (await once(guessed, 'error')) as [Error];
  expect(error.message).toContain('404');
  const page = new WebSocket(address!, { origin: 'http://example.org' });
  expect(((await once(page, 'error')) as [Error])[0].message).toContain('404');
  const inspector = await attach(address!);
  await inspector.post('Debugger.enable');
  await inspector.post('Debugger.pause');
  const paused = inspector.event('Debugger.paused');
  await inspector.post('Runtime.runIfWaitingForDebugger');
  await paused;
  inspector.close();
  expect((await running.ended).status).toBe(0);
});

test('a plugin that is not there is told of', async () => {
  const { options } = await home();
  const refused = await cli(['plugin', 'list', '--inspect-plugin', 'vendor.nothing'], options);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('there is no plugin vendor.nothing');
});

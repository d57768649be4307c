import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FailedError } from '@diskwright/sdk/errors';
import type { ShellEnvironment } from './shell';

/** A host that the shell shows. */
export interface RunningHost {
  /** Its address, with the token. */
  readonly url: string;
  /** Runs a command of the page, in every window. */
  run(command: string, args?: unknown): Promise<void>;
  onEnded(listener: () => void): void;
  /** Ends a host that the shell started; jobs go on by themselves. */
  dispose(): void;
}

/** The host that was named, or one that is started: the same program as on the command line, on a Node runtime. */
export async function reachHost(environment: ShellEnvironment): Promise<RunningHost> {
  const known = environment.DISKWRIGHT_WORKBENCH_URL;
  if (known) return { url: known, run: runner(known), onEnded: () => undefined, dispose: () => undefined };
  const folder = environment.DISKWRIGHT_DIST ?? __dirname;
  const child = spawn(process.execPath, [join(folder, 'cli.cjs'), 'start', '--no-open', '--json'], {
    env: { ...environment, DISKWRIGHT_DIST: folder, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(child);
  return {
    url,
    run: runner(url),
    onEnded: (listener) => void child.once('exit', listener),
    dispose: () => void child.kill('SIGTERM'),
  };
}

/** The first line that the host prints. @throws FailedError when it ends before */
async function addressOf(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  const ended = once(child, 'exit').then(() => null);
  const failed = once(child, 'error').then(() => null);
  const line = await Promise.race([once(lines, 'line').then(([first]) => first as string), ended, failed]);
  if (line === null) throw new FailedError('The host of the workbench ended before it could be reached.');
  return (JSON.parse(line) as { url: string }).url;
}

function runner(url: string): RunningHost['run'] {
  const { origin, searchParams } = new URL(url);
  return async (command, args = null) => {
    const answer = await fetch(`${origin}/api/run`, {
      method: 'POST',
      headers: { authorization: `Bearer ${searchParams.get('token')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ command, args }),
    });
    if (!answer.ok) throw new FailedError(`The workbench did not take the command: ${answer.status} ${answer.statusText}.`);
  };
}

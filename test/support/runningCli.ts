/** The built command line while it runs, for tests that do something to it meanwhile. */
import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { type CliResult, diskwright } from './cli';

export interface RunningCli {
  /** Resolves when the pattern is found in what it wrote to either stream; rejects when it ends without. */
  shows(pattern: RegExp): Promise<RegExpMatchArray>;
  ended: Promise<CliResult>;
  kill(signal: NodeJS.Signals): void;
  /** Reads no more of its standard output, as `head` does. */
  closeOutput(): void;
}

/** Starts `diskwright`, which is interrupted when the test ends before it. */
export function startCli(arguments_: string[], { home, env }: { home: string; env?: NodeJS.ProcessEnv }): RunningCli {
  const child = spawn(process.execPath, [diskwright, ...arguments_], {
    env: { ...process.env, ...env, DISKWRIGHT_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const result: CliResult = { status: null, stdout: '', stderr: '' };
  const lookers = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      result[stream] += text;
      for (const look of lookers) look();
    });
  }
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ ...result, status }));
  });
  onTestFinished(async () => {
    child.kill('SIGINT');
    await ended;
  });
  const shows = (pattern: RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(result.stdout) ?? pattern.exec(result.stderr);
        if (found) resolve(found);
      };
      lookers.add(look);
      look();
      void ended.then(() => reject(new Error(`it ended without showing ${pattern}: ${result.stderr}${result.stdout}`)));
    });
  return { shows, ended, kill: (signal) => void child.kill(signal), closeOutput: () => void child.stdout.destroy() };
}

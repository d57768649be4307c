/** Runs the built command line as a user would. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const projectFolder = join(import.meta.dirname, '..', '..');
export const diskwright = join(projectFolder, 'core', 'bin', 'diskwright.cjs');

export interface CliResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  /** `DISKWRIGHT_HOME`. */
  home: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** What is on standard input; nothing by default. */
  input?: string;
  /** Current folder. */
  cwd?: string;
  /** Ends the command with SIGINT when this says so, looking at what it wrote so far. */
  interruptWhen?: (stdout: string, stderr: string) => boolean;
}

/** Runs `diskwright` to its end. Standard input is no terminal, so nothing is ever asked. */
export function cli(arguments_: string[], options: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [diskwright, ...arguments_], {
      env: { ...process.env, ...options.env, DISKWRIGHT_HOME: options.home },
      cwd: options.cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      uid: options.uid,
      gid: options.gid,
    });
    // A command that does not read its input may have ended before it is written.
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    const look = (): void => {
      if (interrupted || !options.interruptWhen?.(stdout, stderr)) return;
      interrupted = true;
      child.kill('SIGINT');
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => ((stdout += text), look()));
    child.stderr.setEncoding('utf8').on('data', (text: string) => ((stderr += text), look()));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** The document that a command prints with `--json`. @throws when it does not end with `status` */
export async function cliJson<T>(arguments_: string[], options: CliOptions, status = 0): Promise<T> {
  const result = await cli(['--json', ...arguments_], options);
  if (result.status !== status)
    throw new Error(`diskwright ${arguments_.join(' ')} ended with ${result.status}: ${result.stderr}${result.stdout}`);
  return JSON.parse(result.stdout.trim().split('\n').at(-1)!) as T;
}

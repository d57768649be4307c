import { spawnSync } from 'node:child_process';

// The tools' messages are parsed, so that they must not be translated; administrators' tools may not be in a user's path.
const environment = {
  ...process.env,
  LC_ALL: 'C.UTF-8',
  PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
  MKE2FS_SKIP_PROGRESS: '1',
};

/** Exit status and output of a tool that may fail. */
export function tryTool(name: string, ...args: string[]): { status: number | null; output: string } {
  const result = spawnSync(name, args, { env: environment, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (result.error) throw result.error;
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

/** Runs a tool that must succeed; gives all that it prints. */
export function runTool(name: string, ...args: string[]): string {
  const { status, output } = tryTool(name, ...args);
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status}: ${output}`);
  return output;
}

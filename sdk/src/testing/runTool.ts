import { spawnSync } from 'node:child_process';

/** The environment of every tool: system folders in the path, untranslated messages, UTF-8 file names. */
export function toolEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C.UTF-8', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, ...extra };
}

/** Runs a tool that may fail: exit status (null when a signal ended it), and what it printed on both outputs. */
export function tryTool(
  name: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): { status: number | null; output: string } {
  const result = spawnSync(name, args, {
    env: toolEnvironment(environment),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.error) throw result.error;
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

/** Runs a tool and gives what it printed on standard output. @throws Error with all of its output when it fails */
export function runTool(name: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  const result = spawnSync(name, args, {
    env: toolEnvironment(environment),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.error) throw result.error;
  if (result.status !== 0)
    throw new Error(`${name} ${args.join(' ')} ended with ${result.status}: ${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** What `blkid -p -o export` says of an image, by name: `TYPE`, `LABEL`, `UUID`; empty when it recognises nothing. */
export function blkid(path: string): Record<string, string> {
  const lines = tryTool('blkid', ['-p', '-o', 'export', path])
    .output.split('\n')
    .map((line) => /^([A-Z_]+)=(.*)$/.exec(line));
  // The export form is for shells: what they would take apart is escaped.
  return Object.fromEntries(lines.flatMap((line) => (line ? [[line[1]!, line[2]!.replace(/\\(.)/g, '$1')]] : [])));
}

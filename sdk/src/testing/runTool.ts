import { spawnSync, type SpawnSyncReturns } from 'node:child_process';

/** What a tool gets beside its arguments. */
export interface ToolOptions {
  /** Variables beside those of {@link toolEnvironment}. */
  environment?: NodeJS.ProcessEnv;
  /** What it reads on standard input; absent means nothing. */
  input?: string;
}

/** The environment of every tool: system folders in the path, untranslated messages, UTF-8 file names. */
export function toolEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C.UTF-8', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, ...extra };
}

/** @throws Error when it cannot be started, or prints more than 256 MiB */
function spawnTool(name: string, args: readonly string[], { environment, input }: ToolOptions): SpawnSyncReturns<string> {
  const result = spawnSync(name, args, {
    env: toolEnvironment(environment),
    encoding: 'utf8',
    input,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.error) throw result.error;
  return result;
}

/** Runs a tool that may fail: exit status (null when a signal ended it), and what it printed on both outputs. */
export function tryTool(
  name: string,
  args: readonly string[],
  options: ToolOptions = {},
): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnTool(name, args, options);
  return { status, output: `${stdout}${stderr}` };
}

/** Runs a tool and gives what it printed on standard output. @throws Error with all of its output when it fails */
export function runTool(name: string, args: readonly string[], options: ToolOptions = {}): string {
  const { status, stdout, stderr } = spawnTool(name, args, options);
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** What `blkid -p -o export` says of an image, by name: `TYPE`, `LABEL`, `UUID`; empty when it recognises nothing. */
export function blkid(path: string): Record<string, string> {
  const lines = tryTool('blkid', ['-p', '-o', 'export', path])
    .output.split('\n')
    .map((line) => /^([A-Z_]+)=(.*)$/.exec(line));
  // The export form is for shells: what they would take apart is escaped.
  return Object.fromEntries(lines.flatMap((line) => (line ? [[line[1]!, line[2]!.replace(/\\(.)/g, '$1')]] : [])));
}

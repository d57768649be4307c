import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { afterAll } from 'vitest';
import {
  parseSandboxReport,
  REPORT_DESCRIPTOR,
  sandboxCommand,
  sandboxStdio,
  type SandboxReport,
  type SandboxRequest,
} from '../../core/src/host/sandbox';
import { launcherPath } from '../../core/src/host/sandbox/launcherPath';

/** An ordinary user for tests that are run by root. */
const NOBODY = 65534;
export const runByRoot = process.geteuid?.() === 0;

/** One kind of system that a plugin may be started on. */
export interface Setting {
  name: string;
  identity: 'root' | 'user';
  /** Newest Landlock ABI in use, 0 = none; undefined = what the kernel has. */
  landlockAbi: number | undefined;
  /** False: leave the permission model of Node out, so that what stands in for Landlock is seen alone. */
  permissionModel?: boolean;
}

const identities = runByRoot ? (['root', 'user'] as const) : (['user'] as const);

/** Every kind of host with every kind of kernel. An ordinary user's test run leaves the root half out. */
export const settings: Setting[] = identities.flatMap((identity) => [
  { name: `${identity}, Landlock`, identity, landlockAbi: undefined },
  { name: `${identity}, Landlock ABI 2`, identity, landlockAbi: 2 },
  { name: `${identity}, no Landlock`, identity, landlockAbi: 0 },
  { name: `${identity}, no Landlock, no permission model`, identity, landlockAbi: 0, permissionModel: false },
]);

/** For tests that need not be run in every setting: an ordinary user on this kernel. */
export const ordinarySetting = settings.find(({ identity }) => identity === 'user')!;

/** The uid that a host of this identity has, for `spawn` and `chown`; undefined where it is that of the test run. */
export function hostUid(identity: Setting['identity']): number | undefined {
  return runByRoot && identity === 'user' ? NOBODY : undefined;
}

/** A folder for one test or suite, open to every user. All that is deferred here is undone, last first, when that has ended. */
export class TestGround {
  readonly folder = mkdtempSync(join(realpathSync(tmpdir()), 'sandbox-'));
  /** The launcher, within reach of the ordinary user too, wherever this checkout lies. */
  readonly launcher = join(this.folder, 'diskwright-launcher');
  readonly #cleanups: (() => unknown)[] = [];

  /** `atEnd` is `onTestFinished`, or what `atSuiteEnd` answers. */
  constructor(atEnd: (cleanup: () => Promise<void>) => void) {
    atEnd(() => this.#remove());
    chmodSync(this.folder, 0o755);
    copyFileSync(launcherPath(), this.launcher);
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  defer(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup);
  }

  /** A plugin's folder with its bundle, closed to everybody but the host. */
  makePlugin(identity: Setting['identity'], source: string, name = 'plugin'): { pluginFolder: string; mainFile: string } {
    const pluginFolder = this.path(name);
    const mainFile = join(pluginFolder, 'main.cjs');
    mkdirSync(pluginFolder, { mode: 0o700 });
    writeFileSync(mainFile, source, { mode: 0o600 });
    const uid = hostUid(identity);
    if (uid !== undefined) for (const path of [pluginFolder, mainFile]) chownSync(path, uid, uid);
    return { pluginFolder, mainFile };
  }

  async #remove(): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** To be called in a `describe`: registers what is to be undone after its tests, from `beforeAll` too. */
export function atSuiteEnd(): (cleanup: () => Promise<void>) => void {
  const cleanups: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  return (cleanup) => void cleanups.push(cleanup);
}

/** A plugin's process, killed with the ground it was started on. */
export interface StartedPlugin {
  child: ChildProcess;
  /** The launcher's line; rejects where it refused to start. */
  report: Promise<SandboxReport>;
  output: Promise<string>;
  errors: Promise<string>;
  /** The exit status or the signal, once all output is there. */
  ended: Promise<number | NodeJS.Signals>;
}

export interface StartOptions extends Partial<SandboxRequest> {
  pluginFolder: string;
  mainFile: string;
  /** Instead of Node and the bundle. */
  program?: string[];
  /** Further options of the launcher. */
  launcherOptions?: string[];
  /** Further descriptors by number. */
  descriptors?: Record<number, number>;
}

/** The launcher's arguments as a host of the given identity would make them. */
export function launcherArguments(setting: Setting, options: StartOptions): { args: string[]; env: Record<string, string> } {
  const request = { pluginId: 'test-plugin', memoryBytes: 512 * 1024 * 1024, landlockAbi: setting.landlockAbi, ...options };
  const { args, env } = sandboxCommand(request);
  const end = args.indexOf('--');
  const left: string[] = [];
  // Only root may give a plugin a uid of its own; the test run is root, but plays an ordinary user here.
  if (hostUid(setting.identity) !== undefined) left.push('--uid', '--gid');
  if (setting.permissionModel === false || options.program) left.push('--permission-argument');
  const forLauncher = [...(options.launcherOptions ?? []), ...without(args.slice(0, end), left)];
  const program = options.program ? ['--', ...options.program] : args.slice(end);
  return { args: [...forLauncher, ...program], env };
}

/** Leaves options out, along with their values. */
function without(args: string[], names: string[]): string[] {
  return args.filter((argument, index) => !names.includes(argument) && !names.includes(args[index - 1] ?? ''));
}

export function startPlugin(ground: TestGround, setting: Setting, options: StartOptions): StartedPlugin {
  const { args, env } = launcherArguments(setting, options);
  const uid = hostUid(setting.identity);
  const stdio: (string | number)[] = [...sandboxStdio];
  for (const [number, descriptor] of Object.entries(options.descriptors ?? {})) {
    while (stdio.length < Number(number)) stdio.push('ignore');
    stdio[Number(number)] = descriptor;
  }
  const child = spawn(ground.launcher, args, { env, stdio: stdio as StdioOptions, uid, gid: uid });
  ground.defer(() => child.kill('SIGKILL'));
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? -1)),
  );
  const report = text((child.stdio as (Readable | null)[])[REPORT_DESCRIPTOR]!).then(parseSandboxReport);
  report.catch(() => undefined);
  return { child, report, output: text(child.stdout!), errors: text(child.stderr!), ended };
}

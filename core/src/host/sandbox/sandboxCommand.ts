import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { MEMORY_VARIABLE, PLUGIN_PROCESS_VARIABLE } from '@diskwright/sdk/runtime';
import { launcherPath } from './launcherPath';
import { heapFlag, MEMORY_STOPPED_AT } from './memory';
import { inspectedBootstrap } from './inspectedBootstrap';
import { pluginBootstrap } from './pluginBootstrap';
import { pluginUid } from './pluginIdentity';

/** A program with its arguments, absolute. */
export interface SandboxedProgram {
  path: string;
  args: readonly string[];
  /** Folders that it may read besides those of the system's libraries. */
  libraries: readonly string[];
}

/** How a plugin's process is to be started. */
export interface SandboxRequest {
  /** The plugin's folder, which it may read, and nothing else but the runtime. */
  pluginFolder: string;
  /** Its bundle (CommonJS) within that folder; absolute or relative to it. */
  mainFile: string;
  /** V8 code cache of the bundle, see `codeCacheFile`; need not exist. */
  cacheFile?: string;
  pluginId: string;
  /** Its bundle waits for a debugger, see `inspectedBootstrap`. */
  inspected?: boolean;
  /** What is started for a plugin in another language, in place of Node with the main file. */
  otherProgram?: SandboxedProgram;
  /** Limit of its private writable memory, at least `LEAST_PLUGIN_MEMORY`. */
  memoryBytes: number;
  /** Absolute paths of programs that the user lets this plugin start. None: it cannot start any. */
  tools?: readonly string[];
  /** Use no newer Landlock ABI than this, 0 = none. Default: `DISKWRIGHT_LANDLOCK_ABI`, else what the kernel has. */
  landlockAbi?: number;
}

/** Ready for `child_process.spawn(command, args, { env, stdio: sandboxStdio })`. */
export interface SandboxCommand {
  command: string;
  args: string[];
  /** The whole environment; nothing of the host's own is added to it, except by Node for the IPC channel. */
  env: Record<string, string>;
  /** The plugin's own user id, null when the host is not root and cannot give it one. */
  uid: number | null;
}

/** Descriptors of a plugin's process: nothing, log, log, JSON-RPC, Node's IPC channel, the launcher's report. */
export const sandboxStdio = ['ignore', 'pipe', 'pipe', 'pipe', 'ipc', 'pipe'] as const;
/** Index in `child.stdio` of the JSON-RPC socket, and of the pipe with the launcher's one line of report. */
export const RPC_DESCRIPTOR = 3;
export const REPORT_DESCRIPTOR = 5;

/** The launcher's exit status when it refuses to start a plugin that it could not protect; its stderr says why. */
export const LAUNCHER_REFUSED = 111;

/**
 * The command line that starts a plugin's process in its sandbox. The caller has to spawn it itself, from the main thread of
 * its process: the plugin is tied to it and ends with it.
 */
export function sandboxCommand(request: SandboxRequest): SandboxCommand {
  const folder = realpathSync(request.pluginFolder);
  const mainFile = resolve(folder, request.mainFile);
  const tools = request.tools ?? [];
  const uid = process.geteuid?.() === 0 ? pluginUid(request.pluginId) : null;
  const abi = request.landlockAbi ?? landlockMask(process.env);
  const args = [
    ...option('--parent', process.pid),
    ...(request.otherProgram ? programFiles(folder, request.otherProgram) : bundleFiles(folder, mainFile, request.cacheFile)),
    ...option('--memory', request.memoryBytes),
    ...(uid === null ? [] : [...option('--uid', uid), ...option('--gid', uid)]),
    ...option('--landlock-abi', abi),
    ...tools.flatMap((tool) => option('--allow-exec', tool)),
    ...(request.otherProgram
      ? programArguments(request.otherProgram)
      : nodeArguments(folder, mainFile, request, tools.length > 0)),
  ];
  const env = pluginEnvironment(process.env, request.memoryBytes);
  // Node is told by the bootstrap, when everything is in place.
  if (request.otherProgram) env[PLUGIN_PROCESS_VARIABLE] = '1';
  return { command: launcherPath(), args, env, uid };
}

function bundleFiles(folder: string, mainFile: string, cacheFile?: string): string[] {
  return [...option('--read', folder), ...option('--main', mainFile), ...option('--cache', cacheFile)];
}

function programFiles(folder: string, { libraries }: SandboxedProgram): string[] {
  return [...option('--folder', folder), ...libraries.flatMap((library) => option('--read', library))];
}

function programArguments({ path, args }: SandboxedProgram): string[] {
  return ['--', path, ...args];
}

function nodeArguments(
  folder: string,
  mainFile: string,
  { memoryBytes, inspected = false }: SandboxRequest,
  startsTools: boolean,
): string[] {
  return [
    ...permissionArguments(folder, startsTools).flatMap((argument) => option('--permission-argument', argument)),
    '--',
    process.execPath,
    heapFlag(memoryBytes),
    '--eval',
    inspected ? inspectedBootstrap : pluginBootstrap,
    '--',
    mainFile,
  ];
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)];
}

function landlockMask(environment: NodeJS.ProcessEnv): number | undefined {
  const text = environment['DISKWRIGHT_LANDLOCK_ABI'];
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,3}$/.test(text)) {
    throw new InvalidInputError(`DISKWRIGHT_LANDLOCK_ABI is "${text}"`, {
      todo: 'Set it to a number (0 = no Landlock), or not at all.',
    });
  }
  return Number(text);
}

/** Node's own permission model, for systems without Landlock. Its name depends on the version, and it warns of itself on stderr. */
function permissionArguments(folder: string, startsTools: boolean): string[] {
  const stable = process.allowedNodeEnvironmentFlags.has('--permission');
  const flags = stable ? ['--permission'] : ['--experimental-permission', '--disable-warning=ExperimentalWarning'];
  const children = startsTools ? ['--allow-child-process', '--disable-warning=SecurityWarning'] : [];
  return [...flags, `--allow-fs-read=${folder}`, ...children];
}

/** Node ends at once where the OpenSSL configuration cannot be read; a plugin needs none. */
function pluginEnvironment(host: NodeJS.ProcessEnv, memoryBytes: number): Record<string, string> {
  const environment: Record<string, string> = {
    OPENSSL_CONF: '/dev/null',
    LANG: 'C.UTF-8',
    [MEMORY_VARIABLE]: String(Math.floor(memoryBytes * MEMORY_STOPPED_AT)),
  };
  if (host['TZ']) environment['TZ'] = host['TZ'];
  return environment;
}

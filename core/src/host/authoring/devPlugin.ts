import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as wait } from 'node:timers/promises';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { PackageJson } from '@diskwright/sdk/protocol';
import { FolderWatch } from '../folderWatch';
import { describeProblem, HOST_VERSION } from '../plugins';
import { linkPlugin } from '../plugins/linkedPlugins';
import type { TracedLine } from '../plugins/messageTrace';
import { filesOfCommand } from '../plugins/pluginProgram';
import { readPackage } from '../plugins/readPackage';
import { CheckList } from './scoreCard';
import { tryStart } from './tryStart';

export interface PluginDevelopment {
  /** The plugin's folder. */
  folder: string;
  dataFolder: string;
  signal: AbortSignal;
  /** Told in words what happens: builds, starts, what the build prints. */
  say(line: string): void;
  /** Told every message between a host and the plugin, and all that it prints, whichever host runs it. */
  trace(line: TracedLine): void;
}

const TRACE_POLL_MILLISECONDS = 100;

/**
 * Links a plugin's folder, builds it whenever a file changes, and tries each build in the sandbox, until the signal aborts. Meanwhile it is a plugin of
 * every command line and workbench, those included that run: they use each build that starts.
 * @throws InvalidInputError where its manifest is wrong at the start
 */
export async function devPlugin({ folder, dataFolder, signal, say, trace }: PluginDevelopment): Promise<void> {
  const path = resolve(folder);
  const { id, main, isBuilt } = await identify(path);
  const build = isBuilt ? startBuild(path, say) : null;
  const link = await linkPlugin(dataFolder, id, path);
  const ended = once(signal, 'abort');
  let tried: string | null = null;
  let trying = Promise.resolve();
  const tryBuild = (): void => {
    trying = trying.then(async () => {
      const built = await (isBuilt ? fingerprint(join(path, main)) : folderFingerprint(dirname(join(path, main))));
      if (built === null || built === tried || signal.aborted) return;
      tried = built;
      if (await report(path, say)) await link.built(built);
    });
  };
  const watch = new FolderWatch(await existing(dirname(join(path, main)), path), tryBuild, 1000);
  try {
    say(
      `${id} is linked: command lines and workbenches have it, also those that run, each build that starts as soon as it is there. Ctrl+C ends that.`,
    );
    tryBuild();
    await Promise.race([ended, follow(link.traceFile, trace, signal)]);
  } finally {
    watch.dispose();
    build?.kill('SIGTERM');
    await link.dispose();
    await trying;
  }
}

/** A plugin in JavaScript is built; of another one the first file that its `command` names is watched. */
async function identify(folder: string): Promise<{ id: string; main: string; isBuilt: boolean }> {
  const record = await readPackage(folder, HOST_VERSION);
  // It is not built yet, which is what is done next.
  const problems = record.problems.filter(({ path }) => !/^diskwright\.(main|contributes\.views\[\d+\]\.entry)$/.test(path));
  if (problems.length > 0)
    throw new InvalidInputError(`${folder} holds no sound plugin:\n${problems.map(describeProblem).join('\n')}`);
  const { diskwright } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Pick<PackageJson, 'diskwright'>;
  const isBuilt = diskwright.main !== undefined;
  return { id: record.id, main: diskwright.main ?? filesOfCommand(diskwright)[0]!, isBuilt };
}

/** The author's own script `watch`, in a process group of its own so that all of it can be ended. */
function startBuild(folder: string, say: (line: string) => void): { kill(signal: NodeJS.Signals): void } {
  const child = spawn('npm', ['run', '--silent', 'watch'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  child.on('error', (error) => say(`npm cannot be started: ${error.message}`));
  child.on('exit', (status) => status && say(`"npm run watch" ended with status ${status}; build the plugin yourself`));
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => text.trimEnd().split('\n').forEach(say));
  return {
    kill: (signal) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // It has ended by itself.
      }
    },
  };
}

async function existing(folder: string, otherwise: string): Promise<string> {
  return (await stat(folder).catch(() => null)) ? folder : otherwise;
}

async function fingerprint(file: string): Promise<string | null> {
  const state = await stat(file).catch(() => null);
  return state && `${state.mtimeMs} ${state.size}`;
}

/** Of the files beside a program that is not built: any of them may be a part of it. */
async function folderFingerprint(folder: string): Promise<string | null> {
  const names = (await readdir(folder).catch(() => [])).sort();
  const prints = await Promise.all(names.map((name) => fingerprint(join(folder, name))));
  return names.length === 0 ? null : prints.join('\n');
}

/** @returns whether the build starts */
async function report(folder: string, say: (line: string) => void): Promise<boolean> {
  const { plugin, problems } = await readPackage(folder, HOST_VERSION);
  if (!plugin) {
    say(problems.map(describeProblem).join('\n'));
    return false;
  }
  const list = new CheckList();
  const started = await tryStart(plugin, list);
  for (const { name, outcome, detail } of list.checks) say(`${basename(plugin.mainFile)}: ${name} ${outcome}, ${detail}`);
  return started !== null;
}

/** Tells the lines of a growing file, until the signal aborts. */
async function follow(file: string, trace: (line: TracedLine) => void, signal: AbortSignal): Promise<void> {
  const handle = await open(file);
  try {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    while (!signal.aborted) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(65536), 0, 65536);
      if (bytesRead === 0) await wait(TRACE_POLL_MILLISECONDS);
      const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      rest = lines.pop()!;
      for (const line of lines) trace(JSON.parse(line) as TracedLine);
    }
  } finally {
    await handle.close();
  }
}

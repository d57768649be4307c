import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { FailedError } from '@diskwright/sdk/errors';
import {
  codeCacheFile,
  DEFAULT_PLUGIN_MEMORY,
  LAUNCHER_REFUSED,
  parseSandboxReport,
  REPORT_DESCRIPTOR,
  RPC_DESCRIPTOR,
  sandboxCommand,
  type SandboxReport,
  sandboxStdio,
  writeCodeCache,
} from '../sandbox';
import { pluginProgram } from './pluginProgram';
import type { PluginInspector } from './inspection/pluginInspector';
import type { InstalledPlugin } from './pluginRecord';
import { traceMessages } from './messageTrace';

/** A process that was started for a plugin. */
export interface LaunchedPlugin {
  /** Its stdout and stderr are the plugin's log; its IPC channel takes descriptors. */
  child: ChildProcess;
  rpc: Duplex;
  /** How it is protected; null only where a test asked for no protection. Rejects when the launcher refused or did not say. */
  report: Promise<SandboxReport | null>;
}

export interface PluginLauncher {
  launch(plugin: InstalledPlugin): LaunchedPlugin;
  /** Ends what it started ahead and nobody used. */
  dispose(): void;
}

export interface SandboxedLauncherOptions {
  /** Where V8's code cache of a plugin's bundle may be kept, the best place first; none: none is used. */
  cacheFolders(plugin: InstalledPlugin): readonly string[];
  /** Private memory that the plugin may use, in bytes; asked for at each start. */
  memoryBytes?(plugin: InstalledPlugin): number;
  /** A file to which all messages of a plugin are added, a line each; null for those that nobody watches. None unless given. */
  traceFile?(plugin: InstalledPlugin): string | null;
  /** The debugger of one plugin, whose processes wait for it; disposed of with the launcher. */
  inspector?: PluginInspector | null;
}

const MAX_REPORT_CHARACTERS = 65536;

/** Starts plugins through the native launcher, which is the only way in the product. */
export class SandboxedLauncher implements PluginLauncher {
  private readonly startedAhead = new Map<string, LaunchedPlugin>();

  constructor(private readonly options: SandboxedLauncherOptions) {}

  /**
   * Starts a process that the next `launch` of the plugin takes, beside other things that take as long: the sector service, for one. Failures show when
   * it is launched. Until then it is the launcher's.
   */
  startAhead(plugin: InstalledPlugin): LaunchedPlugin {
    const known = this.startedAhead.get(plugin.mainFile);
    if (known) return known;
    const launched = this.spawn(plugin);
    launched.child.on('error', () => undefined);
    launched.report.catch(() => undefined);
    this.startedAhead.set(plugin.mainFile, launched);
    return launched;
  }

  launch(plugin: InstalledPlugin): LaunchedPlugin {
    const ready = this.startedAhead.get(plugin.mainFile);
    this.startedAhead.delete(plugin.mainFile);
    const alive = ready && ready.child.exitCode === null && ready.child.signalCode === null;
    return alive ? ready : this.spawn(plugin);
  }

  dispose(): void {
    for (const { child } of this.startedAhead.values()) child.kill('SIGKILL');
    this.startedAhead.clear();
    this.options.inspector?.dispose();
  }

  private spawn(plugin: InstalledPlugin): LaunchedPlugin {
    const inspector = this.options.inspector?.id === plugin.id ? this.options.inspector : null;
    const memoryBytes = this.options.memoryBytes?.(plugin) ?? DEFAULT_PLUGIN_MEMORY;
    const program = plugin.manifest.command && pluginProgram(plugin.folder, plugin.manifest.command);
    const cacheFile = program ? undefined : codeCacheFile(this.options.cacheFolders(plugin), plugin.mainFile);
    const { command, args, env } = sandboxCommand({
      pluginFolder: plugin.folder,
      mainFile: plugin.mainFile,
      pluginId: plugin.id,
      memoryBytes,
      cacheFile,
      otherProgram: program,
      inspected: inspector !== null,
    });
    const child = spawn(command, args, { env, stdio: [...sandboxStdio] });
    const report = readReport(child).then((said) => ({ ...said, ...(program && { program }) }));
    if (cacheFile !== undefined && !existsSync(cacheFile)) {
      // Once a version, beside the first start; without it a start only takes longer.
      child.once('exit', () => void writeCodeCache(plugin.mainFile, cacheFile).catch(() => undefined));
    }
    const rpc = child.stdio[RPC_DESCRIPTOR] as Duplex;
    // Without it the plugin waits for ever; whoever needs it is told of its end.
    inspector?.attach(child).catch(() => child.kill('SIGKILL'));
    const traceFile = this.options.traceFile?.(plugin) ?? null;
    if (traceFile !== null) traceMessages(child, rpc, traceFile, plugin.manifest);
    return { child, rpc, report };
  }
}

/** The launcher's one line, or why there is none. */
async function readReport(child: ChildProcess): Promise<SandboxReport> {
  const pipe = (child.stdio as unknown as Readable[])[REPORT_DESCRIPTOR]!;
  pipe.setEncoding('utf8');
  let text = '';
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) =>
      reject(new FailedError(`the plugin launcher cannot be started: ${error.message}`, { todo: 'Run "npm run setup".' })),
    );
    child.once('exit', (code) => {
      if (code === LAUNCHER_REFUSED)
        reject(new FailedError('the plugin launcher refused to start it without protection; its log says why'));
    });
  });
  failed.catch(() => undefined);
  const line = new Promise<string>((resolve) => {
    pipe.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n') || text.length > MAX_REPORT_CHARACTERS) resolve(text.split('\n', 1)[0]!);
    });
    pipe.on('end', () => setImmediate(() => resolve(text)));
    pipe.on('error', () => resolve(text));
  });
  const report = parseSandboxReport(await Promise.race([line, failed]));
  pipe.destroy();
  return report;
}

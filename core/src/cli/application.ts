import { mkdirSync } from 'node:fs';
import { CancelledError } from '@diskwright/sdk/errors';
import type { Host } from '../host/host';
import { loadRegistry, type PluginRegistry } from '../host/plugins';
import { dataFolder, programFolder } from '../host/paths';

/** What every command of the command line works with: options that hold for all, output, and the host when it is needed. */
export class Application {
  private hostPromise: Promise<Host> | null = null;
  private registryPromise: Promise<PluginRegistry> | null = null;
  private readonly controller = new AbortController();
  private interruptions = 0;

  /** Machine output wanted. */
  json = false;
  verbose = false;

  /** Aborts at the first Ctrl+C or SIGTERM. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The plugins that are there; none is started. */
  registry(): Promise<PluginRegistry> {
    this.registryPromise ??= loadRegistry(programFolder(), dataFolder());
    return this.registryPromise;
  }

  /** Made when first asked for: commands such as help need none. */
  host(opensDevices = false): Promise<Host> {
    this.hostPromise ??= this.start(opensDevices);
    return this.hostPromise;
  }

  /** A line of the command's answer. */
  print(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  printJson(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A message beside the answer. */
  message(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  async dispose(): Promise<void> {
    const host = await this.hostPromise?.catch(() => null);
    await host?.dispose();
  }

  /** The first interruption cancels in order; the third ends the process at once. */
  interrupt(): void {
    this.interruptions++;
    if (this.interruptions === 1) this.controller.abort(new CancelledError());
    if (this.interruptions >= 3) process.exit(130);
  }

  private async start(opensDevices: boolean): Promise<Host> {
    const folder = dataFolder();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { createHost } = await import(/* webpackMode: "eager" */ '../host/host');
    return createHost({ dataFolder: folder, registry: this.registry(), opensDevices });
  }
}

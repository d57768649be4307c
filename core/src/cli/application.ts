import { CancelledError } from '@diskwright/sdk/errors';
import type { Host } from '../host/host';
import { loadRegistry, type PluginChoice, type PluginRegistry } from '../host/plugins';
import { dataFolder, ensureFolder, programFolder } from '../host/paths';
import { Output } from './output';

const HINT_MILLISECONDS = 1000;

/** What every command of the command line works with: options that hold for all, output, and the host when it is needed. */
export class Application {
  private hostPromise: Promise<Host> | null = null;
  private registryPromise: Promise<PluginRegistry> | null = null;
  private readonly controller = new AbortController();
  private interrupted = false;

  readonly output = new Output();

  /** Machine output wanted. */
  json = false;
  verbose = false;

  /** Aborts at the first Ctrl+C or SIGTERM. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** @param plugins which plugins this start leaves out */
  constructor(readonly plugins: PluginChoice = {}) {}

  /** The plugins that are there; none is started. */
  registry(): Promise<PluginRegistry> {
    this.registryPromise ??= loadRegistry(programFolder(), dataFolder(), this.plugins);
    return this.registryPromise;
  }

  /** Made when first asked for: commands such as help need none. */
  host(opensDevices = false): Promise<Host> {
    this.hostPromise ??= this.start(opensDevices);
    return this.hostPromise;
  }

  /** Lines of the command's answer. */
  print(text: string): void {
    this.output.print(text);
  }

  printJson(value: unknown): void {
    this.output.printJson(value);
  }

  /** Lines beside the answer. */
  message(text: string): void {
    this.output.message(text);
  }

  async dispose(): Promise<void> {
    const host = await this.hostPromise?.catch(() => null);
    await host?.dispose();
  }

  /** The first interruption cancels in order; the second ends the process at once, and a job that is being cancelled ends by itself. */
  interrupt(): void {
    if (this.interrupted) process.exit(130);
    this.interrupted = true;
    this.controller.abort(new CancelledError());
    setTimeout(() => this.message('cancelling; Ctrl+C again leaves at once'), HINT_MILLISECONDS).unref();
  }

  private async start(opensDevices: boolean): Promise<Host> {
    const folder = dataFolder();
    ensureFolder(folder);
    const { createHost } = await import(/* webpackMode: "eager" */ '../host/host');
    return createHost({ dataFolder: folder, registry: this.registry(), opensDevices });
  }
}

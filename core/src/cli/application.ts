import { CancelledError } from '@diskwright/sdk/errors';
import type { Host, InspectedPlugin } from '../host/host';
import { loadRegistry, type PluginChoice, type PluginRegistry } from '../host/plugins';
import type { ExpectedUse } from '../host/plugins/startAhead';
import { dataFolder, ensureFolder, programFolder } from '../host/paths';
import { openingBar } from './openingBar';
import { Output } from './output';
import { type GivenPassphrase, passphraseAsker } from './passphrase';

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

  /**
   * @param plugins which plugins this start leaves out
   * @param inspectedId the plugin that a debugger is to be attached to
   * @param passphrase of the containers that are opened
   */
  constructor(
    readonly plugins: PluginChoice = {},
    private readonly inspectedId: string | null = null,
    private readonly passphrase: GivenPassphrase = { file: null, text: null },
  ) {}

  /** The plugin that a debugger is to be attached to; absent: none. */
  get inspect(): InspectedPlugin | undefined {
    const id = this.inspectedId;
    if (id === null) return undefined;
    const onWaiting = (address: string): void => this.message(`${id} waits for a debugger at ${address}`);
    return { id, onWaiting };
  }

  /** The file that holds the passphrase of containers, `-` for standard input; null: none was named. */
  get passwordFile(): string | null {
    return this.passphrase.file;
  }

  /** The plugins that are there; none is started. */
  registry(): Promise<PluginRegistry> {
    this.registryPromise ??= loadRegistry(programFolder(), dataFolder(), this.plugins);
    return this.registryPromise;
  }

  /** Made when first asked for: commands such as help need none. */
  host(expected?: ExpectedUse): Promise<Host> {
    this.hostPromise ??= this.start(expected);
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

  private async start(expected: ExpectedUse | undefined): Promise<Host> {
    const folder = dataFolder();
    ensureFolder(folder);
    const { createHost } = await import(/* webpackMode: "eager" */ '../host/host');
    const askSecret = passphraseAsker(this.passphrase, this.signal);
    const host = await createHost({ dataFolder: folder, registry: this.registry(), expected, inspect: this.inspect, askSecret });
    if (process.stderr.isTTY && !this.json) host.devices.onOpening(openingBar(process.stderr, this.signal));
    return host;
  }
}

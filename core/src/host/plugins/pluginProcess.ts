import type { Socket } from 'node:net';
import { finished } from 'node:stream';
import { FailedError, PeerGoneError } from '@diskwright/sdk/errors';
import {
  type MessageDescriptor,
  pluginMessages,
  type PluginParams,
  type PluginProtocol,
  type PluginRequestMethod,
  type PluginResult,
  PROTOCOL_VERSION,
} from '@diskwright/sdk/protocol';
import { createPeer, type Peer, type PeerHandlers } from '@diskwright/sdk/rpc';
import type { SandboxReport } from '../sandbox';
import { requireCapability } from './capabilityGate';
import { endReason } from './containment/endReason';
import { Heartbeat } from './containment/heartbeat';
import { limitsOf, type PluginLimits } from './containment/pluginLimits';
import { type Load, ResourceWatch } from './containment/resourceWatch';
import { HOST_VERSION } from './hostVersion';
import type { LaunchedPlugin, PluginLauncher } from './pluginLauncher';
import type { PluginLog } from './pluginLog';
import type { InstalledPlugin } from './pluginRecord';
import type { PluginTimings } from './pluginTimings';

/** What a process is started with. */
export interface PluginProcessOptions {
  plugin: InstalledPlugin;
  launcher: PluginLauncher;
  log: PluginLog;
  timings: PluginTimings;
  /** Whether it is to test itself before it counts as started. */
  selfTest?: boolean;
  limits: PluginLimits;
  /** Answers to what the plugin asks of the host. The process is known to them by the time of the first message. */
  handlersFor(process: PluginProcess): PeerHandlers<PluginProtocol>;
}

const LAST_WORDS_MILLISECONDS = 300;

/** How a process ended: null when it was asked to. */
export type ProcessEnd = { reason: string } | null;

/**
 * One process of a plugin, from its start to its end. It is killed when it does not answer heartbeats, takes more than its limits, or breaks the rules
 * of the connection; all requests that wait for it then fail with PeerGoneError, naming the plugin and the reason.
 */
export class PluginProcess {
  /** How the launcher protects it; null before it has said so, and for an unprotected process of a test. */
  sandbox: SandboxReport | null = null;
  /** From its start to its answer to `initialize`. */
  startMilliseconds = 0;
  /** Resolves when the process has ended. */
  readonly ended: Promise<ProcessEnd>;
  private readonly launched: LaunchedPlugin;
  private readonly peer: Peer<PluginProtocol>;
  private readonly name: string;
  private stopping = false;
  private fatal: string | null = null;
  private stopReason = 'it was stopped';
  /** With what its manifest asks for. */
  readonly limits: PluginLimits;
  private readonly heartbeat: Heartbeat;
  private readonly watch: ResourceWatch;
  private requests = 0;
  /** How to give up on sockets that are on their way to the process. */
  private readonly sending = new Set<(error: Error) => void>();

  private constructor(private readonly options: PluginProcessOptions) {
    const { plugin, launcher, log, timings } = options;
    const limits = limitsOf(plugin.manifest, options.limits);
    this.limits = limits;
    this.name = `plugin ${plugin.id}`;
    const launchedAt = Date.now();
    this.launched = launcher.launch(plugin);
    const { child, rpc } = this.launched;
    log.follow(child.stdout!, 'stdout');
    log.follow(child.stderr!, 'stderr');
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve({ reason: `it cannot be started: ${error.message}` }));
      child.once('exit', (code, signal) => {
        if (this.fatal !== null || this.stopping) return resolve(this.fatal === null ? null : { reason: this.fatal });
        // The reason may stand in its last words, which may come after the news of its end.
        const tell = (): void => resolve({ reason: endReason(code, signal, log.errorsSince(launchedAt), limits) });
        setTimeout(tell, LAST_WORDS_MILLISECONDS).unref();
        finished(child.stderr!, tell);
      });
    });
    // A descriptor that could not be sent to a process that has just died.
    child.on('error', () => undefined);
    this.peer = createPeer<PluginProtocol>({
      stream: rpc,
      table: pluginMessages,
      side: 'host',
      name: this.name,
      handlers: options.handlersFor(this),
      gate: (descriptor: MessageDescriptor) => requireCapability(plugin, descriptor),
      onViolation: (error) => log.write('plugin', 'warn', error.message),
      onClose: (error) => {
        if (error) this.kill(error.message);
      },
      limits: {
        messagesPerSecond: limits.messagesPerSecond,
        runningRequests: limits.openRequests,
        refusedPerSecond: limits.refusedRequestsPerSecond,
      },
    });
    this.heartbeat = new Heartbeat({
      ping: () => this.peer.request('ping', {}),
      pauseMilliseconds: timings.heartbeat,
      answerMilliseconds: timings.heartbeatAnswer,
      onSilent: () => this.kill(`it hangs: no answer to a heartbeat within ${timings.heartbeatAnswer} ms`),
    });
    this.watch = new ResourceWatch({
      pid: this.pid,
      limits,
      received: () => this.peer.received,
      intervalMilliseconds: timings.watch,
      onExceeded: (reason) => this.kill(reason),
    });
    void this.ended.then(() => {
      this.heartbeat.stop();
      this.watch.stop();
      this.peer.close();
      for (const fail of this.sending) fail(new Error('it has ended'));
    });
  }

  /**
   * Starts and initialises a process.
   * @throws FailedError when it does not come up in time or cannot be protected, PeerGoneError when it ends before
   */
  static async start(options: PluginProcessOptions): Promise<PluginProcess> {
    const started = new PluginProcess(options);
    const { timings, plugin } = options;
    const startedAt = performance.now();
    const timer = after(timings.start, () => started.kill(`it did not start within ${timings.start} ms`));
    try {
      const initialized = started.request('initialize', {
        protocol: { min: PROTOCOL_VERSION, max: PROTOCOL_VERSION },
        pluginId: plugin.id,
        hostVersion: HOST_VERSION,
        features: { selfTest: options.selfTest ?? false },
      });
      // Whichever fails first is the reason; the other fails in its wake.
      initialized.catch(() => undefined);
      started.sandbox = await started.launched.report;
      await initialized;
      started.startMilliseconds = performance.now() - startedAt;
      started.heartbeat.start();
      return started;
    } catch (error) {
      started.kill(error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get log(): PluginLog {
    return this.options.log;
  }

  get plugin(): InstalledPlugin {
    return this.options.plugin;
  }

  /** Requests that wait for an answer, heartbeats not counted. */
  get pending(): number {
    return this.requests;
  }

  get closed(): boolean {
    return this.peer.closed;
  }

  /** Of the outermost process: the launcher, or what it has become. */
  get pid(): number {
    return this.launched.child.pid ?? 0;
  }

  /** @throws PeerGoneError naming the plugin and why it ended; what the plugin answers */
  async request<M extends PluginRequestMethod>(
    method: M,
    params: PluginParams<M>,
    signal?: AbortSignal,
  ): Promise<PluginResult<M>> {
    this.requests++;
    try {
      return await this.peer.request<M>(method, params, signal);
    } catch (error) {
      throw this.peer.closed && error instanceof PeerGoneError ? await this.whyGone(method) : error;
    } finally {
      this.requests--;
    }
  }

  /** Hands a connected, paused socket to the plugin, under the id that a message names. It is the plugin's from now on. */
  async sendDescriptor(id: string, socket: Socket): Promise<void> {
    const { child } = this.launched;
    if (!child.connected) {
      socket.destroy();
      throw new PeerGoneError(`${this.name} has ended`);
    }
    // Node sends a further descriptor only when the one before was acknowledged; a plugin that does not would keep everybody waiting.
    const { heartbeatAnswer } = this.options.timings;
    const timer = after(heartbeatAnswer, () => this.kill('it does not take the sockets that it is sent'));
    let fail: (error: Error) => void = () => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        fail = reject;
        this.sending.add(fail);
        child.send({ descriptor: id }, socket, {}, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      socket.destroy();
      throw new PeerGoneError(`${this.name} took no socket: ${(error as Error).message}`);
    } finally {
      clearTimeout(timer);
      this.sending.delete(fail);
    }
  }

  /** Measures how long it takes to answer now; {@link lagMilliseconds} tells. Resolves also when it has ended. */
  measureLag(): Promise<void> {
    return this.heartbeat.measure();
  }

  /** How long the last heartbeat took to be answered, or the one that waits for an answer longer than that; null before the first. */
  get lagMilliseconds(): number | null {
    return this.heartbeat.lagMilliseconds;
  }

  /** What it took lately; null before that is known. */
  get load(): Load | null {
    return this.watch.load;
  }

  /** Ends the process in order: asks it, waits a little, and kills it where it does not. */
  async stop(): Promise<void> {
    if (this.stopping) {
      await this.ended;
      return;
    }
    this.stopping = true;
    const timer = setTimeout(() => this.strike(), this.options.timings.stop);
    await this.peer.request('shutdown', {}).catch(() => undefined);
    // Its end of the connection ends the process, or the timer does.
    this.peer.close();
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends the process at once, which is right for one that holds nothing: a plugin has no state of its own. */
  async end(reason = 'it was stopped'): Promise<void> {
    this.stopping = true;
    this.stopReason = reason;
    this.strike();
    await this.ended;
  }

  private kill(reason: string): void {
    this.fatal ??= reason;
    this.strike();
  }

  /** Ends it, and the tools that it runs: the launcher has made it the leader of a group. */
  private strike(): void {
    const { child } = this.launched;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It leads no group yet, or was started without the launcher.
    }
    child.kill('SIGKILL');
  }

  /** The connection ends a moment before the process has; the better reason is worth that moment. */
  private async whyGone(method: string): Promise<PeerGoneError> {
    const end = await Promise.race([
      this.ended,
      new Promise<ProcessEnd>((resolve) => setTimeout(() => resolve(null), 1000).unref()),
    ]);
    const reason = end?.reason ?? this.stopReason;
    const details = this.options.log.lastErrors();
    return new PeerGoneError(`${this.name} ended while it worked on ${method}: ${reason}`, {
      todo: 'Try again; its log tells more.',
      ...(details !== '' && { details: details.split('\n') }),
    });
  }
}

/** A timer; none for a time that never ends. */
function after(milliseconds: number, action: () => void): NodeJS.Timeout | undefined {
  return Number.isFinite(milliseconds) ? setTimeout(action, milliseconds) : undefined;
}

/** The error of a plugin that may not be started any more. */
export function disabledError(pluginId: string, reason: string): FailedError {
  return new FailedError(`plugin ${pluginId} is disabled: ${reason}`, {
    todo: `Enable it again with: diskwright plugin enable ${pluginId}`,
  });
}

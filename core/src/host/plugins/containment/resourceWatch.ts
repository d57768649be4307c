import { MEMORY_STOPPED_AT } from '../../sandbox';
import type { PluginLimits } from './pluginLimits';
import { type ProcessUsage, processUsage } from './processUsage';

const MEBIBYTE = 1024 * 1024;

/** What was seen of a process lately. */
export interface Load {
  /** Part of one processor, in percent. */
  processorPercent: number;
  messagesPerSecond: number;
  threads: number;
}

export interface ResourceWatchOptions {
  pid: number;
  limits: PluginLimits;
  /** Messages received so far. */
  received(): number;
  intervalMilliseconds: number;
  /** Called once, with a reason that follows "it was stopped because". */
  onExceeded(reason: string): void;
}

/** Looks at what a plugin's process and its tools take, at intervals, until they take too much. */
export class ResourceWatch {
  /** Null before the second look. */
  load: Load | null = null;
  private readonly timer: NodeJS.Timeout;
  private before: { usage: ProcessUsage; received: number; at: number } | null = null;
  private looking = false;
  private ended = false;

  constructor(private readonly options: ResourceWatchOptions) {
    this.timer = setInterval(() => void this.look(), options.intervalMilliseconds).unref();
  }

  stop(): void {
    this.ended = true;
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    const usage = await processUsage(this.options.pid);
    this.looking = false;
    if (!usage || this.ended) return;
    this.measure(usage);
    const reason = exceeded(usage, this.options.limits);
    if (reason === null) return;
    this.stop();
    this.options.onExceeded(reason);
  }

  private measure(usage: ProcessUsage): void {
    const now = { usage, received: this.options.received(), at: performance.now() };
    const { before } = this;
    this.before = now;
    if (!before) return;
    const milliseconds = now.at - before.at;
    // A tool that has ended takes its time with it.
    const worked = Math.max(0, usage.processorMilliseconds - before.usage.processorMilliseconds);
    this.load = {
      processorPercent: (worked / milliseconds) * 100,
      messagesPerSecond: ((now.received - before.received) / milliseconds) * 1000,
      threads: usage.threads,
    };
  }
}

function exceeded({ memoryBytes, threads, processes }: ProcessUsage, limits: PluginLimits): string | null {
  if (memoryBytes > limits.memoryBytes * MEMORY_STOPPED_AT) return outOfMemory(limits);
  if (processes > limits.processes) return `it runs ${processes} processes; ${limits.processes} are allowed`;
  if (threads > limits.threads) return `it runs ${threads} threads; ${limits.threads} are allowed`;
  return null;
}

/** The reason for one that took too much, whoever found it. */
export function outOfMemory({ memoryBytes }: Pick<PluginLimits, 'memoryBytes'>): string {
  return `it ran out of memory: it may use ${Math.floor(memoryBytes / MEBIBYTE)} MiB`;
}

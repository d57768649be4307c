import type { Manifest } from '@diskwright/sdk/protocol';
import { DEFAULT_PLUGIN_MEMORY } from '../../sandbox';

const MEBIBYTE = 1024 * 1024;

/** What one plugin may take. Settings change some of it; a change holds for processes that are started afterwards. */
export interface PluginLimits {
  /** Private memory of its process and all below it, in bytes. */
  memoryBytes: number;
  /** Of its process and all below it. Node itself has about a dozen. */
  threads: number;
  /** Its own, and tools that it was granted and runs. */
  processes: number;
  /** In the long run; four times as many may come at once. Answers that the host waits for are not counted. */
  messagesPerSecond: number;
  /** Requests to the host that run at once. */
  openRequests: number;
  /** Requests beyond those that are answered with an error in the long run; one that goes on all the same is stopped. */
  refusedRequestsPerSecond: number;
  /** Leases that it holds at once. */
  leases: number;
}

export const PLUGIN_LIMITS: Readonly<PluginLimits> = {
  memoryBytes: DEFAULT_PLUGIN_MEMORY,
  threads: 128,
  processes: 32,
  messagesPerSecond: 4000,
  openRequests: 256,
  refusedRequestsPerSecond: 128,
  leases: 64,
};

/** The limits as the settings say. */
export function limitsFrom(setting: <T>(key: string) => T): PluginLimits {
  return {
    ...PLUGIN_LIMITS,
    memoryBytes: setting<number>('plugins.limits.memoryMebibytes') * MEBIBYTE,
    messagesPerSecond: setting<number>('plugins.limits.messagesPerSecond'),
  };
}

/** The limits of one plugin: with the memory that its manifest asks for, where that is more. */
export function limitsOf({ memoryMebibytes = 0 }: Manifest, limits: PluginLimits): PluginLimits {
  return { ...limits, memoryBytes: Math.max(limits.memoryBytes, memoryMebibytes * MEBIBYTE) };
}

import { formatSize } from '../../../common/text/size';
import type { PluginLimits } from './pluginLimits';

/** What a plugin may take, as sentences for people. */
export function limitsInWords(limits: PluginLimits): string[] {
  return [
    `It is stopped when it uses more than nine tenths of ${formatSize(limits.memoryBytes)} of memory, ${limits.threads} threads, or ${limits.processes} processes with the tools that it runs.`,
    `It is stopped when it sends more than ${limits.messagesPerSecond} messages a second, or goes on asking with ${limits.openRequests} requests open.`,
    'It is stopped when it does not listen for six seconds.',
    `A command of it reads over at most ${limits.leases} leases at once, each with at most 16 MiB under way.`,
    'Its log takes 50 lines a second in the long run; the rest is dropped and counted.',
  ];
}

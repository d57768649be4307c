import { HEAP_FULL_STATUS, REFUSED_STARTS_STATUS } from '../../sandbox';
import type { PluginLimits } from './pluginLimits';
import { outOfMemory } from './resourceWatch';

/** What V8, Node and the C++ library say on stderr when there is no memory left. */
const OUT_OF_MEMORY = /out of memory|Array buffer allocation failed|Cannot allocate memory|std::bad_alloc/i;

/** Why a process ended by itself, as far as its end and its last words tell; follows "because" or a colon. */
export function endReason(
  code: number | null,
  signal: NodeJS.Signals | null,
  lastErrors: string,
  limits: Pick<PluginLimits, 'memoryBytes'>,
): string {
  if (code === HEAP_FULL_STATUS || OUT_OF_MEMORY.test(lastErrors)) return outOfMemory(limits);
  if (code === REFUSED_STARTS_STATUS) return 'it tried again and again to start other programs, which it may not';
  if (signal) return `it was ended by ${signal}`;
  return `it ended by itself with exit status ${code ?? 'unknown'}`;
}

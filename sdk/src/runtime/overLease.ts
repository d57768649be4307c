import type { Lease } from '../protocol/types';
import type { ProviderContext } from '../provider/index';
import type { LeaseConnection } from './dataPlane';
import type { PluginRuntime } from './pluginRuntime';

/**
 * Lets a provider probe and open over the sectors of a lease. An answer with a handle has taken the connection over; without one, or when `use` throws, it
 * is closed here.
 * @throws what `openLease` and `use` throw
 */
export async function overLease<Answer extends { handle: string | null }>(
  runtime: PluginRuntime,
  lease: Lease,
  signal: AbortSignal,
  use: (source: LeaseConnection, context: ProviderContext) => Promise<Answer>,
  options?: { uncached?: boolean },
): Promise<Answer> {
  const source = await runtime.dataPlane.openLease(lease, signal, options);
  try {
    const answer = await use(source, { signal, offset: lease.offset, log: runtime.log });
    if (answer.handle === null) source.close();
    return answer;
  } catch (error) {
    source.close();
    throw error;
  }
}

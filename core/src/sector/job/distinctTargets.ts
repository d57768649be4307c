import { RefusedError } from '@diskwright/sdk/errors';
import type { SectorContext } from '../contracts';
import { closePlanDevices, openUnchecked, type PlanDeviceNode } from '../plan/planDevices';
import type { OpenedJob } from './openJob';

/** @throws RefusedError when two of the jobs would write the same storage, or one what another reads */
export async function requireDistinctTargets(context: SectorContext, jobs: readonly OpenedJob[]): Promise<void> {
  const opened: Map<string, PlanDeviceNode>[] = [];
  try {
    for (const { stored, paths } of jobs) opened.push(await openUnchecked(context, stored.plan, paths));
    for (const [index, devices] of opened.entries()) {
      const others = opened.slice(0, index).flatMap((job) => [...job.values()]);
      for (const one of devices.values()) for (const other of others) await requireApart(context, one, other);
    }
  } finally {
    await Promise.all(opened.map(closePlanDevices));
  }
}

async function requireApart(context: SectorContext, one: PlanDeviceNode, other: PlanDeviceNode): Promise<void> {
  if (one.device.role === 'source' && other.device.role === 'source') return;
  const same = await context.sameStorage(one.opened, other.opened);
  if (!same) return;
  const device = one.opened.node.path;
  throw new RefusedError(`${device} and ${other.opened.node.path} cannot be used at once: ${same}`, {
    device,
    todo: 'Name each target once, and only disks that share nothing.',
  });
}

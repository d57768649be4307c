import { RefusedError } from '@diskwright/sdk/errors';
import type { Plan, PlanDevice } from '@diskwright/sdk/protocol';
import type { OpenedNode, SectorContext } from '../contracts';
import { identityDifference } from '../identityDifference';
import { knownDevice } from '../knownDevice';

/** A device of a plan, opened for reading and found to be the one that the plan was made for. */
export interface PlanDeviceNode {
  device: PlanDevice;
  opened: OpenedNode;
}

/**
 * Opens every device of a plan for reading and compares its identity. `paths` says where a device is now; the plan's own path is
 * only a hint. Whoever calls disposes of the nodes.
 * @throws RefusedError for another device than the plan's, or one that has changed since
 */
export async function openPlanDevices(
  context: Pick<SectorContext, 'open' | 'identify'>,
  plan: Plan,
  paths: Record<string, string>,
  signal?: AbortSignal,
): Promise<Map<string, PlanDeviceNode>> {
  const devices = await openUnchecked(context, plan, paths, signal);
  try {
    for (const { device, opened } of devices.values()) await requireIdentity(context, device, opened, signal);
    return devices;
  } catch (error) {
    await closePlanDevices(devices);
    throw error;
  }
}

/** As {@link openPlanDevices}, but of whatever stands at the paths: whoever calls finds out what it is. */
export async function openUnchecked(
  context: Pick<SectorContext, 'open'>,
  plan: Plan,
  paths: Record<string, string>,
  signal?: AbortSignal,
): Promise<Map<string, PlanDeviceNode>> {
  const devices = new Map<string, PlanDeviceNode>();
  try {
    for (const device of plan.devices) {
      const path = Object.hasOwn(paths, device.name) ? paths[device.name]! : device.path;
      const opened = await context.open(path, { ...knownDevice(device.identity), signal });
      devices.set(device.name, { device, opened });
    }
    return devices;
  } catch (error) {
    await closePlanDevices(devices);
    throw error;
  }
}

/** @throws RefusedError when the opened device is not the plan's, or has changed since the plan was made */
export async function requireIdentity(
  context: Pick<SectorContext, 'identify'>,
  device: PlanDevice,
  opened: OpenedNode,
  signal?: AbortSignal,
): Promise<void> {
  const difference = identityDifference(device.identity, await context.identify(opened, signal));
  if (difference === null) return;
  const { path } = opened.node;
  throw new RefusedError(`${path} is not the ${device.role} that the plan was made for, or it has changed since: ${difference}`, {
    device: path,
    todo: 'Make a new plan, or name the right device.',
  });
}

export async function closePlanDevices(devices: ReadonlyMap<string, PlanDeviceNode>): Promise<void> {
  await Promise.allSettled([...devices.values()].map(({ opened }) => opened.node.dispose()));
}

import { RefusedError } from '@diskwright/sdk/errors';
import type { Plan, PlanDevice } from '@diskwright/sdk/protocol';
import type { Claim, OpenedNode, SectorContext } from '../contracts';
import { containerTarget } from '../containers/containerOpener';
import { imageTarget } from '../images/findImage';
import type { BlockNode, WritableNode } from '../nodes/blockNode';
import { knownDevice } from '../knownDevice';
import { openUnchecked, type PlanDeviceNode, requireIdentity } from './planDevices';

/** The devices of a plan as a job holds them: sources kept from writers, targets opened exclusively. Closed by {@link close}. */
export interface PreparedDevices {
  sources: ReadonlyMap<string, OpenedNode>;
  targets: ReadonlyMap<string, OpenedNode<WritableNode>>;
  close(): Promise<void>;
}

/** Makes sure that an opened device is the plan's, and as it has to be. @throws RefusedError when it is not */
export type DeviceCheck = (device: PlanDevice, opened: OpenedNode, sources: ReadonlyMap<string, OpenedNode>) => Promise<void>;

/**
 * Finds the plan's devices and makes sure that they may be read and written: the right ones, unchanged, not in use, not each
 * other, and not where the job's own files lie. Nothing is written.
 * @throws RefusedError saying what stands against it; what opening throws
 */
export async function prepareDevices(
  context: SectorContext,
  plan: Plan,
  paths: Record<string, string>,
  job: { id: string; folder: string },
  check: DeviceCheck = (device, opened) => requireIdentity(context, device, opened, signal),
  signal?: AbortSignal,
): Promise<PreparedDevices> {
  const found = await openUnchecked(context, plan, paths, signal);
  const holder = new Holder(found);
  try {
    for (const { device, opened } of found.values()) await check(device, opened, holder.sources);
    await refuseUnsafe(context, [...found.values()], job.folder);
    for (const { device, opened } of found.values()) {
      holder.claims.push(await context.claims.claim(opened, device.role, `job ${job.id}`));
    }
    for (const { device, opened } of found.values()) {
      if (device.role === 'target') await holder.openTarget(context, device, opened, check, signal);
    }
    return holder;
  } catch (error) {
    await holder.close();
    throw error;
  }
}

class Holder implements PreparedDevices {
  readonly sources = new Map<string, OpenedNode>();
  readonly targets = new Map<string, OpenedNode<WritableNode>>();
  readonly claims: Claim[] = [];
  private readonly nodes = new Set<BlockNode>();

  constructor(found: ReadonlyMap<string, PlanDeviceNode>) {
    for (const [name, { device, opened }] of found) {
      this.nodes.add(opened.node);
      if (device.role === 'source') this.sources.set(name, opened);
    }
  }

  /** Closed and opened again, since our own reading would stand against the exclusive opening; so identified again as well. */
  async openTarget(
    context: SectorContext,
    device: PlanDevice,
    read: OpenedNode,
    check: DeviceCheck,
    signal?: AbortSignal,
  ): Promise<void> {
    this.nodes.delete(read.node);
    await read.node.dispose();
    const opened = await context.openForWriting(read.node.path, { ...knownDevice(device.identity), signal });
    this.nodes.add(opened.node);
    this.targets.set(device.name, opened);
    if (opened.readOnly) throw new RefusedError(`${read.node.path} is read-only`, { device: read.node.path });
    await check(device, opened, this.sources);
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.nodes].map((node) => node.dispose()));
    for (const claim of this.claims.splice(0)) claim.release();
  }
}

async function refuseUnsafe(context: SectorContext, devices: readonly PlanDeviceNode[], jobFolder: string): Promise<void> {
  for await (const refusal of refusals(context, devices, jobFolder)) throw refusal;
}

/** All that stands against reading the sources and writing the targets, as far as it can be told without opening one for writing. */
export async function* refusals(
  context: SectorContext,
  devices: readonly PlanDeviceNode[],
  jobFolder: string,
): AsyncGenerator<RefusedError> {
  // All at once: it takes one walk through the processes then.
  const inUse = await Promise.all(devices.map(({ device, opened }) => refusedInUse(context, device, opened)));
  for (const [index, { device, opened }] of devices.entries()) {
    const { path } = opened.node;
    const lies = await context.folderLiesOn(jobFolder, opened);
    if (lies)
      yield refused(
        path,
        `the job's files would lie on the ${device.role}: ${lies}`,
        'Set DISKWRIGHT_HOME to a folder on another disk.',
      );
    if (inUse[index]) yield inUse[index];
    if (device.role !== 'target') continue;
    if (opened.image) yield imageTarget(path);
    if (opened.container) yield containerTarget(path);
    for (const other of devices) {
      if (other.device === device) continue;
      const same = await context.sameStorage(other.opened, opened);
      if (same)
        yield refused(
          path,
          `it cannot be written from ${other.opened.node.path}: ${same}`,
          'Name two different disks; within one disk, clone to an image file on another first, and from there.',
        );
    }
  }
}

/** Any use stands against a target; against a source only one that may change what is read. */
async function refusedInUse(context: SectorContext, device: PlanDevice, opened: OpenedNode): Promise<RefusedError | null> {
  const usage = await context.usage(opened);
  const against = device.role === 'target' ? usage : usage.filter(({ writes }) => writes);
  if (against.length === 0) return null;
  const todo =
    device.role === 'target' ? 'Unmount it, or end what uses it.' : 'Unmount it or mount it read-only, or end what may write it.';
  return refused(opened.node.path, against.map(({ text }) => text).join(' '), todo);
}

function refused(device: string, reason: string, todo: string): RefusedError {
  return new RefusedError(`${device}: ${reason}`, { device, todo });
}

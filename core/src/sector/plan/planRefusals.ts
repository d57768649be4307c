import { DiskwrightError, type RefusedError } from '@diskwright/sdk/errors';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { PlanDevice } from '@diskwright/sdk/protocol';
import type { OpenedNode, SectorContext } from '../contracts';
import { closePlanDevices, type PlanDeviceNode, requireIdentity } from './planDevices';
import { refusals } from './prepareDevices';
import { knownDevice } from '../knownDevice';

/**
 * Why a job with these devices would be refused now, each with what to do, as far as it can be told without opening a target for writing. Empty when nothing
 * is known to stand against it; the job itself looks again, and goes by what it finds.
 */
export async function planRefusals(
  context: SectorContext,
  planDevices: readonly PlanDevice[],
  signal?: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  const devices = new Map<string, PlanDeviceNode>();
  try {
    for (const device of planDevices) {
      try {
        const opened = await context.open(device.path, { ...knownDevice(device.identity), signal });
        devices.set(device.name, { device, opened });
        await requireIdentity(context, device, opened, signal);
        found.push(...(await writeProtection(device, opened)));
      } catch (error) {
        if (signal?.aborted || !(error instanceof DiskwrightError)) throw error;
        found.push(inWords(error));
      }
    }
    for await (const refusal of refusals(context, [...devices.values()], context.dataFolder)) {
      found.push(inWords(refusal));
    }
  } finally {
    await closePlanDevices(devices);
  }
  return found;
}

async function writeProtection({ role }: PlanDevice, { kind, node }: OpenedNode): Promise<string[]> {
  if (role !== 'target' || (kind !== 'file' && kind !== 'block')) return [];
  const error = await access(node.path, constants.W_OK).then(
    () => null,
    (reason: NodeJS.ErrnoException) => reason,
  );
  if (!error) return [];
  return [
    error.code === 'EROFS'
      ? `${node.path} is write-protected.`
      : `${node.path} may not be written by this user. Run Diskwright as one who may.`,
  ];
}

function inWords({ message, detail }: DiskwrightError | RefusedError): string {
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return detail.todo ? `${sentence} ${detail.todo}` : sentence;
}

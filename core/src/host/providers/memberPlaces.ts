import type { VolumeRef } from '@diskwright/sdk/protocol';
import { type Candidate, matchingCandidates } from './candidates';
import type { DeviceAccess } from './deviceAccess';
import type { ReadVolume } from './providerHandles';
import type { TableLayouts } from './tableLayouts';

/** A volume that may be a member of a container. */
export interface MemberPlace extends ReadVolume {
  /** The providers that know it by its marks; null of one that was named, which any provider is given. */
  readonly knownTo: readonly Candidate[] | null;
}

/** The other partitions of the devices of some volumes, as far as a provider of containers knows them by their marks. */
export async function membersBesides(
  volumes: readonly VolumeRef[],
  all: Candidate[],
  devices: Pick<DeviceAccess, 'get' | 'peek'>,
  tables: Pick<TableLayouts, 'volumes'>,
  signal?: AbortSignal,
): Promise<MemberPlace[]> {
  const found: MemberPlace[] = [];
  const parted = new Set(volumes.flatMap(({ deviceId, partition }) => (partition === 0 ? [] : [deviceId])));
  for (const deviceId of parted) {
    for (const { partition, range } of await tables.volumes(devices.get(deviceId), signal)) {
      if (volumes.some((named) => named.deviceId === deviceId && named.partition === partition)) continue;
      const candidates = await matchingCandidates(all, devices, deviceId, range, signal);
      if (candidates.length > 0) found.push({ deviceId, partition, range, knownTo: candidates });
    }
  }
  return found;
}

/** Those of the places that a provider is given. */
export function knownTo(candidate: Candidate, places: readonly MemberPlace[]): MemberPlace[] {
  return places.filter(({ knownTo: providers }) => providers === null || providers.includes(candidate));
}

import type { ByteRange } from '@diskwright/sdk/protocol';
import type { WorkbenchResult } from '../../common/workbench';
import type { DeviceService } from '../devices/deviceService';
import type { HeldProviders, Scope } from '../providers/heldProviders';
import { overlaps } from './ranges';
import { shiftStructure } from './shiftStructure';
import type { VolumePlaces } from './volumePlaces';

type StructuresAt = WorkbenchResult<'structures/at'>;
const MAX_AT = 64;

/** The on-disk structures of devices, as the providers of tables and volumes tell them. All offsets are from the start of the device. */
export class StructureService {
  constructor(
    private readonly devices: DeviceService,
    private readonly held: HeldProviders,
    private readonly places: VolumePlaces,
  ) {}

  /** Whole structures that meet a range: those of the table first, then by volume. What one provider cannot tell does not hide what others can. */
  async at(deviceId: string, range: ByteRange, signal?: AbortSignal): Promise<StructuresAt> {
    this.devices.get(deviceId);
    const volumes = await this.places.meeting(deviceId, range);
    const scopes: { scope: Scope; start: number }[] = [
      { scope: null, start: 0 },
      ...volumes.map(({ partition, offset }) => ({ scope: partition, start: offset })),
    ];
    const found = await Promise.all(scopes.map(({ scope, start }) => this.atScope(deviceId, scope, start, range, signal)));
    const structures = found.flat();
    return { structures: structures.slice(0, MAX_AT), truncated: structures.length > MAX_AT };
  }

  private async atScope(
    deviceId: string,
    scope: Scope,
    start: number,
    range: ByteRange,
    signal?: AbortSignal,
  ): Promise<StructuresAt['structures']> {
    const wanted = { offset: Math.max(0, range.offset - start), length: range.length + Math.min(0, range.offset - start) };
    try {
      return await this.held.use(
        deviceId,
        scope,
        async (opened) => {
          const structures: StructuresAt['structures'] = [];
          if (!opened) return structures;
          for await (const structure of opened.structures()) {
            signal?.throwIfAborted();
            if (!overlaps(structure, wanted)) continue;
            structures.push({ scope, provider: opened.provider, structure: shiftStructure(structure, start) });
            if (structures.length > MAX_AT) break;
          }
          return structures;
        },
        signal,
      );
    } catch (error) {
      if (signal?.aborted) throw error;
      return [];
    }
  }
}

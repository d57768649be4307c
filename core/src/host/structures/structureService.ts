import type { TableProxy, VolumeProxy } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { WorkbenchParams, WorkbenchResult } from '../../common/workbench';
import type { DeviceService } from '../devices/deviceService';
import type { HeldProviders, Scope } from '../providers/heldProviders';
import { shiftStructure } from '@diskwright/sdk/struct';
import { StructureListing, type StructurePage } from './structureListing';
import type { VolumePlaces } from './volumePlaces';

export type PlacedStructure = WorkbenchResult<'structures/at'>['structures'][number];
const MAX_AT = 64;

/** The on-disk structures of devices, as the providers of tables and volumes tell them. All offsets are from the start of the device. */
export class StructureService {
  /** Each as long as its provider is held open: it is gone with what it was read of. */
  private readonly listings = new WeakMap<TableProxy | VolumeProxy, StructureListing>();

  constructor(
    private readonly devices: DeviceService,
    private readonly held: HeldProviders,
    private readonly places: VolumePlaces,
  ) {}

  /** The structures of the table (null) or of a volume, without their fields, a page at a time, in the provider's order. */
  async list(deviceId: string, scope: Scope, from: number, signal?: AbortSignal): Promise<StructurePage> {
    const start = await this.startOf(deviceId, scope);
    return this.held.use(
      deviceId,
      scope,
      async (opened) => {
        if (!opened) return { structures: [], next: null };
        let listing = this.listings.get(opened);
        if (!listing) this.listings.set(opened, (listing = new StructureListing(() => opened.structures(), start)));
        return listing.page(from, signal);
      },
      signal,
    );
  }

  /** Whole structures that meet a range: those of the table first, then by volume. What one provider cannot tell does not hide what others can. */
  async at(deviceId: string, range: ByteRange, signal?: AbortSignal): Promise<WorkbenchResult<'structures/at'>> {
    this.devices.get(deviceId);
    const volumes = await this.places.meeting(deviceId, range);
    const scopes: { scope: Scope; start: number }[] = [
      { scope: null, start: 0 },
      ...volumes.map(({ partition, offset }) => ({ scope: partition, start: offset })),
    ];
    const found = await Promise.all(
      scopes.map(({ scope, start }) =>
        this.inScope(deviceId, scope, start, range, signal).catch((error: unknown) => {
          if (signal?.aborted) throw error;
          return [];
        }),
      ),
    );
    const structures = found.flat();
    return { structures: structures.slice(0, MAX_AT), truncated: structures.length > MAX_AT };
  }

  /**
   * The bytes for a field's new value, as its provider writes it.
   * @throws InvalidInputError when there is no such structure or field, or the text is no value of it; NotSupportedError
   */
  async encodeField(params: WorkbenchParams<'structures/encodeField'>): Promise<{ offset: number; bytes: string }> {
    const { deviceId, scope, structureOffset, structure, field, value } = params;
    const start = await this.startOf(deviceId, scope);
    if (structureOffset < start) throw new InvalidInputError(`there is no ${structure} at offset ${structureOffset}`);
    const edit = { structure, structureOffset: structureOffset - start, field, value };
    return this.held.use(deviceId, scope, async (opened) => {
      if (!opened) throw new InvalidInputError('no plugin knows the structures there');
      const { offset, bytes } = await opened.encodeField(edit);
      return { offset: start + offset, bytes };
    });
  }

  /** At most one more than are shown. */
  private inScope(
    deviceId: string,
    scope: Scope,
    start: number,
    range: ByteRange,
    signal?: AbortSignal,
  ): Promise<PlacedStructure[]> {
    const from = Math.max(0, range.offset - start);
    const wanted = { offset: from, length: range.offset + range.length - start - from };
    return this.held.use(
      deviceId,
      scope,
      async (opened) => {
        const structures: PlacedStructure[] = [];
        if (!opened) return structures;
        for await (const structure of opened.structures(wanted)) {
          signal?.throwIfAborted();
          structures.push({ scope, provider: opened.provider, structure: shiftStructure(structure, start) });
          if (structures.length > MAX_AT) break;
        }
        return structures;
      },
      signal,
    );
  }

  private async startOf(deviceId: string, scope: Scope): Promise<number> {
    return scope === null ? 0 : (await this.places.volume(deviceId, scope)).offset;
  }
}

import { NotSupportedError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, DeviceLayout, Finding, StructureInstance } from '@diskwright/sdk/protocol';
import type { HeldProviders, Scope } from '../../providers/heldProviders';
import { shiftFinding, shiftStructure } from '@diskwright/sdk/struct';
import type { VolumePlace, VolumePlaces } from '../../structures/volumePlaces';

/** What the providers make of some ranges of a device. Offsets are from its start. */
export interface Meaning {
  structures: StructureInstance[];
  findings: Finding[];
}

export interface MeaningSource {
  held: HeldProviders;
  places: VolumePlaces;
}

export interface MeaningRequest {
  deviceId: string;
  layout: DeviceLayout;
  ranges: readonly ByteRange[];
  /** Lets providers check the volumes that are met, too; takes as long as the volumes are large. */
  check: boolean;
}

/** Of one table or volume. */
const MAX_STRUCTURES = 1024;

/** The structures of tables and volumes that meet the ranges, and what is found wrong with the layout, with them, and with the volumes. */
export async function readMeaning(source: MeaningSource, request: MeaningRequest, signal: AbortSignal): Promise<Meaning> {
  const { deviceId, layout, ranges, check } = request;
  const volumes = (await source.places.volumes(deviceId)).filter((volume) => ranges.some((range) => rangesMeet(volume, range)));
  const scopes: { scope: Scope; place: VolumePlace | null }[] = [
    { scope: null, place: null },
    ...volumes.map((place) => ({ scope: place.partition, place })),
  ];
  const meaning: Meaning = { structures: [], findings: [...layout.findings] };
  for (const { scope, place } of scopes) {
    const structures = await structuresOf(source.held, { deviceId, scope, place, ranges }, signal);
    meaning.structures.push(...structures);
    meaning.findings.push(...structures.flatMap(({ findings }) => findings));
    if (check && place) meaning.findings.push(...(await checkOf(source.held, deviceId, place, signal)));
  }
  return meaning;
}

interface ScopeRequest {
  deviceId: string;
  scope: Scope;
  place: VolumePlace | null;
  ranges: readonly ByteRange[];
}

/** None where the provider cannot tell: what stands there may not be whole. */
async function structuresOf(
  held: HeldProviders,
  { deviceId, scope, place, ranges }: ScopeRequest,
  signal: AbortSignal,
): Promise<StructureInstance[]> {
  const start = place?.offset ?? 0;
  const found = new Map<string, StructureInstance>();
  try {
    await held.use(
      deviceId,
      scope,
      async (opened) => {
        for (const range of ranges) {
          if (!opened || (place && !rangesMeet(place, range))) continue;
          const offset = Math.max(0, range.offset - start);
          const wanted = { offset, length: range.offset + range.length - start - offset };
          for await (const structure of opened.structures(wanted)) {
            signal.throwIfAborted();
            if (found.size >= MAX_STRUCTURES) return;
            if (rangesMeet(structure, wanted))
              found.set(`${structure.offset} ${structure.name}`, shiftStructure(structure, start));
          }
        }
      },
      signal,
    );
  } catch (error) {
    if (signal.aborted) throw error;
  }
  return [...found.values()];
}

async function checkOf(held: HeldProviders, deviceId: string, place: VolumePlace, signal: AbortSignal): Promise<Finding[]> {
  try {
    const findings = await held.use(deviceId, place.partition, async (opened) => (await opened?.check()) ?? [], signal);
    return findings.map((finding) => shiftFinding(finding, place.offset));
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof NotSupportedError) return [];
    const message = error instanceof Error ? error.message : String(error);
    return [{ severity: 'error', code: 'volume.unreadable', message, ranges: [{ offset: place.offset, length: place.length }] }];
  }
}

import type { TableProxy, VolumeProxy } from '@diskwright/sdk';
import { DiskwrightError, InvalidInputError } from '@diskwright/sdk/errors';
import { layoutGaps } from '@diskwright/sdk/extents';
import type {
  ByteRange,
  ContainerSummary,
  DeviceLayout,
  FilesystemInfo,
  FilesystemSummary,
  Finding,
  NamedRange,
  TableLayout,
  VolumeRef,
} from '@diskwright/sdk/protocol';
import { forEachInFlight } from '../../common/flow/forEachInFlight';
import type { DeviceService } from '../devices/deviceService';
import { shiftFinding } from '@diskwright/sdk/struct';

/** Opens tables and volumes by whichever provider knows them; null when none does. Whoever opens closes. */
export interface ProviderAccess {
  openTable(deviceId: string, signal?: AbortSignal): Promise<TableProxy | null>;
  openVolume(volume: VolumeRef, signal?: AbortSignal): Promise<VolumeProxy | null>;
}

/** Tells what volumes are members of. */
export interface ContainerAccess {
  /** Null when no plugin knows it as a member of a container. */
  describe(volume: VolumeRef, signal?: AbortSignal): Promise<ContainerSummary | null>;
}

/** What `info` tells of a volume: its size, and what is on it when a provider knows it. */
export interface VolumeInfo {
  /** Where it starts on its device. */
  offset: number;
  size: number;
  /** Id of the plugin that knows it; null when none does. */
  provider: string | null;
  filesystem: FilesystemInfo | null;
  /** What it is a member of. */
  container: ContainerSummary | null;
}

/** A layout with the places of the table itself. */
export interface PlacedLayout {
  layout: DeviceLayout;
  /** Where partitions may lie; null without a table. */
  usable: ByteRange | null;
  /** The ranges that the table itself lies in. */
  structures: NamedRange[];
}

/** An allocation with its extents in pages. */
export interface VolumeAllocation {
  confidence: 'exact' | 'conservative' | 'unknown';
  reasons: string[];
  /** Bytes covered; with `unknown` the whole volume. */
  bytes: number;
  pages: AsyncIterable<ByteRange[]>;
}

/** What was found in one place, or why there is nothing to show. */
interface Look {
  filesystem: FilesystemSummary | null;
  container: ContainerSummary | null;
  findings: Finding[];
}
const NOTHING: Look = { filesystem: null, container: null, findings: [] };
const MAX_FINDINGS = 4096;
/** Volumes that are looked into at once: enough to keep a disk busy, while the answers of a table full of them stay within what a connection holds. */
const LOOKS_IN_FLIGHT = 4;

/** Puts together what providers say of a device: its table, and what lies in each partition. */
export class LayoutService {
  constructor(
    private readonly devices: DeviceService,
    private readonly providers: ProviderAccess,
    private readonly containers: ContainerAccess,
  ) {}

  async read(deviceId: string, signal?: AbortSignal): Promise<DeviceLayout> {
    return (await this.readWithTable(deviceId, signal)).layout;
  }

  /** The layout, and what the table says of itself. */
  async readWithTable(deviceId: string, signal?: AbortSignal): Promise<PlacedLayout> {
    const table = await this.readTable(deviceId, signal);
    const layout = await this.layoutOf(deviceId, table, signal);
    return { layout, usable: table?.usable ?? null, structures: table?.structures ?? [] };
  }

  private async layoutOf(deviceId: string, table: TableLayout | null, signal?: AbortSignal): Promise<DeviceLayout> {
    const device = this.devices.get(deviceId);
    const head = { path: device.path, size: device.size, sectorSize: device.sectorSize };
    if (!table) {
      const { filesystem, container, findings } = await this.look(
        { offset: 0, length: device.size },
        { deviceId, partition: 0 },
        signal,
      );
      const layout: DeviceLayout = {
        device: head,
        table: { type: 'none', id: null },
        partitions: [],
        volume: filesystem,
        gaps: [],
        findings,
      };
      return container ? { ...layout, container } : layout;
    }
    const volumes: Look[] = table.partitions.map(() => NOTHING);
    await forEachInFlight(table.partitions.entries(), LOOKS_IN_FLIGHT, async ([index, { number, start, size, role }]) => {
      if (role !== 'extended')
        volumes[index] = await this.look({ offset: start, length: size }, { deviceId, partition: number }, signal);
    });
    return {
      device: head,
      table: { type: table.type, id: table.id },
      partitions: table.partitions.map((partition, index) => {
        const { filesystem, container } = volumes[index]!;
        return { ...partition, filesystem, ...(container && { container }) };
      }),
      volume: null,
      gaps: layoutGaps(table, device.size),
      findings: [...table.findings, ...volumes.flatMap(({ findings }) => findings)].slice(0, MAX_FINDINGS),
    };
  }

  /** Where a volume lies on its device. @throws InvalidInputError when there is no such partition */
  async locate(volume: VolumeRef, signal?: AbortSignal): Promise<ByteRange> {
    const device = this.devices.get(volume.deviceId);
    if (volume.partition === 0) return { offset: 0, length: device.size };
    return locateIn(await this.readTable(volume.deviceId, signal), volume.partition, device);
  }

  async volumeInfo(volume: VolumeRef, signal?: AbortSignal): Promise<VolumeInfo> {
    const { offset, length } = await this.locate(volume, signal);
    const known = await this.withVolume(volume, signal, async (opened) => ({
      provider: opened.provider,
      filesystem: await opened.info(),
    }));
    const container = await this.containers.describe(volume, signal);
    return { offset, size: length, provider: known?.provider ?? null, filesystem: known?.filesystem ?? null, container };
  }

  /** What the volume's provider finds wrong with it, from the start of the device; nothing where no plugin knows it. */
  async check(volume: VolumeRef, signal?: AbortSignal): Promise<Finding[]> {
    const { offset } = await this.locate(volume, signal);
    const findings = await this.withVolume(volume, signal, (opened) => opened.check());
    return (findings ?? []).map((finding) => shiftFinding(finding, offset));
  }

  async allocation(volume: VolumeRef, signal?: AbortSignal): Promise<VolumeAllocation> {
    const { length } = await this.locate(volume, signal);
    const found = await this.withVolume(volume, signal, (opened) => opened.allocation());
    const confidence = found?.confidence ?? 'unknown';
    const reasons = found?.reasons ?? ['no plugin knows what it holds'];
    if (!found?.extents) return { confidence, reasons, bytes: length, pages: onePage({ offset: 0, length }) };
    return { confidence, reasons, bytes: found.extents.covered, pages: this.devices.extents(found.extents) };
  }

  private async readTable(deviceId: string, signal?: AbortSignal): Promise<TableLayout | null> {
    const table = await this.providers.openTable(deviceId, signal);
    try {
      return (await table?.read()) ?? null;
    } finally {
      await table?.close();
    }
  }

  /** What lies in a range. That its provider fails is a finding: one bad volume must not hide the others. */
  private async look(range: ByteRange, volume: VolumeRef, signal?: AbortSignal): Promise<Look> {
    const { size } = this.devices.get(volume.deviceId);
    // The table's own findings say that a partition lies outside.
    if (range.length === 0 || range.offset > size - range.length) return NOTHING;
    const [filesystem, container] = await Promise.all([
      this.found(range, volume, signal, () => this.filesystem(volume, signal)),
      this.found(range, volume, signal, () => this.containers.describe(volume, signal)),
    ]);
    return {
      filesystem: filesystem.value,
      container: container.value,
      findings: [...filesystem.findings, ...container.findings],
    };
  }

  private async filesystem(volume: VolumeRef, signal?: AbortSignal): Promise<FilesystemSummary | null> {
    const info = await this.withVolume(volume, signal, (opened) => opened.info());
    if (!info) return null;
    const { type, label, uuid, size, used } = info;
    return { type, label, uuid, size, used };
  }

  /** What a provider says of a range, or a finding that says why it does not. */
  private async found<T>(
    range: ByteRange,
    { partition }: VolumeRef,
    signal: AbortSignal | undefined,
    ask: () => Promise<T | null>,
  ): Promise<{ value: T | null; findings: Finding[] }> {
    try {
      return { value: await ask(), findings: [] };
    } catch (error) {
      if (signal?.aborted) throw error;
      const what = partition === 0 ? 'what the device holds' : `partition ${partition}`;
      const { offset = 0, length = range.length, todo } = error instanceof DiskwrightError ? error.detail : {};
      const message = `${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      const ranges = [{ offset: range.offset + offset, length }];
      const finding: Finding = { severity: 'error', code: 'volume.unreadable', message, ranges, ...(todo && { todo }) };
      return { value: null, findings: [finding] };
    }
  }

  private async withVolume<T>(
    volume: VolumeRef,
    signal: AbortSignal | undefined,
    use: (opened: VolumeProxy) => Promise<T>,
  ): Promise<T | null> {
    const opened = await this.providers.openVolume(volume, signal);
    if (!opened) return null;
    try {
      return await use(opened);
    } finally {
      await opened.close();
    }
  }
}

function locateIn(table: TableLayout | null, number: number, device: { path: string; size: number }): ByteRange {
  const partition = table?.partitions.find((candidate) => candidate.number === number);
  if (!partition) {
    const numbers = table?.partitions.map((candidate) => candidate.number).join(', ');
    throw new InvalidInputError(`${device.path} has no partition ${number}`, {
      device: device.path,
      todo: numbers ? `It has ${numbers}.` : `It has none; ${device.path}#0 is the whole device as one volume.`,
    });
  }
  return { offset: partition.start, length: partition.size };
}

async function* onePage(extent: ByteRange): AsyncGenerator<ByteRange[]> {
  yield [extent];
}

import type { TableProxy, VolumeProxy } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { complement, ExtentList } from '@diskwright/sdk/extents';
import type {
  ByteRange,
  DeviceLayout,
  FilesystemInfo,
  FilesystemSummary,
  TableLayout,
  VolumeRef,
} from '@diskwright/sdk/protocol';
import type { DeviceService } from '../devices/deviceService';

/** Opens tables and volumes by whichever provider knows them; null when none does. Whoever opens closes. */
export interface ProviderAccess {
  openTable(deviceId: string, signal?: AbortSignal): Promise<TableProxy | null>;
  openVolume(volume: VolumeRef, signal?: AbortSignal): Promise<VolumeProxy | null>;
}

/** What `info` tells of a volume: its size, and the filesystem on it when a provider knows it. */
export interface VolumeInfo {
  size: number;
  filesystem: FilesystemInfo | null;
}

/** An allocation with its extents in pages. */
export interface VolumeAllocation {
  confidence: 'exact' | 'conservative' | 'unknown';
  reasons: string[];
  /** Bytes covered; with `unknown` the whole volume. */
  bytes: number;
  pages: AsyncIterable<ByteRange[]>;
}

/** Puts together what providers say of a device: its table, and what lies in each partition. */
export class LayoutService {
  constructor(
    private readonly devices: DeviceService,
    private readonly providers: ProviderAccess,
  ) {}

  async read(deviceId: string, signal?: AbortSignal): Promise<DeviceLayout> {
    const device = this.devices.get(deviceId);
    const table = await this.readTable(deviceId, signal);
    const head = { path: device.path, size: device.size, sectorSize: device.sectorSize };
    if (!table) {
      const volume = await this.summary({ deviceId, partition: 0 }, signal);
      return { device: head, table: { type: 'none', id: null }, partitions: [], volume, gaps: [], findings: [] };
    }
    const filesystems = await Promise.all(
      table.partitions.map((partition) =>
        partition.role === 'extended' ? null : this.summary({ deviceId, partition: partition.number }, signal, table),
      ),
    );
    const occupied = [...table.structures, ...table.partitions.map(({ start, size }) => ({ offset: start, length: size }))];
    return {
      device: head,
      table: { type: table.type, id: table.id },
      partitions: table.partitions.map((partition, index) => ({ ...partition, filesystem: filesystems[index] ?? null })),
      volume: null,
      gaps: [...complement(ExtentList.fromRanges(occupied), device.size)].map(({ offset, length }) => ({
        start: offset,
        size: length,
      })),
      findings: table.findings,
    };
  }

  /** Where a volume lies on its device. @throws InvalidInputError when there is no such partition */
  async locate(volume: VolumeRef, signal?: AbortSignal): Promise<ByteRange> {
    const device = this.devices.get(volume.deviceId);
    if (volume.partition === 0) return { offset: 0, length: device.size };
    return locateIn(await this.readTable(volume.deviceId, signal), volume.partition, device);
  }

  async volumeInfo(volume: VolumeRef, signal?: AbortSignal): Promise<VolumeInfo> {
    const { length } = await this.locate(volume, signal);
    return { size: length, filesystem: await this.withVolume(volume, signal, (opened) => opened.info()) };
  }

  async allocation(volume: VolumeRef, signal?: AbortSignal): Promise<VolumeAllocation> {
    const { length } = await this.locate(volume, signal);
    const found = await this.withVolume(volume, signal, (opened) => opened.allocation());
    const confidence = found?.confidence ?? 'unknown';
    const reasons = found?.reasons ?? ['no plugin knows what it holds'];
    if (!found?.extents) return { confidence, reasons, bytes: length, pages: onePage({ offset: 0, length }) };
    return { confidence, reasons, bytes: found.extents.covered, pages: this.devices.extents(found.extents.digest) };
  }

  private async readTable(deviceId: string, signal?: AbortSignal): Promise<TableLayout | null> {
    const table = await this.providers.openTable(deviceId, signal);
    try {
      return (await table?.read()) ?? null;
    } finally {
      await table?.close();
    }
  }

  private async summary(volume: VolumeRef, signal?: AbortSignal, table?: TableLayout): Promise<FilesystemSummary | null> {
    const device = this.devices.get(volume.deviceId);
    if (table && !liesInside(locateIn(table, volume.partition, device), device.size)) return null;
    const info = await this.withVolume(volume, signal, (opened) => opened.info());
    return info && { type: info.type, label: info.label, uuid: info.uuid, size: info.size, used: info.used };
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

const liesInside = ({ offset, length }: ByteRange, size: number): boolean => length > 0 && offset <= size - length;

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

import { join } from 'node:path';
import { isCancellation } from '../../common/flow/abortable';
import type { LostFiles } from '../../common';
import { rangesWith } from '../../common/rescueMap/rescueMap';
import type { DeviceService } from '../devices/deviceService';
import { replaceFile } from '../files/replaceFile';
import { loadPlan } from '../plans/planStore';
import type { FileOwner, FileOwners } from '../structures/fileOwners';
import { findJobFolder, readJobFile } from './jobFolder';
import { jobMap } from './jobMap';

/** As many are told one by one; the rest is only counted. */
const MAX_FILES = 256;
const MAX_STRUCTURES = 64;

/** Finds out what stood where a job could not read, and keeps it in the job's folder. */
export class LostFilesService {
  constructor(
    private readonly dataFolder: string,
    private readonly devices: DeviceService,
    private readonly owners: FileOwners,
  ) {}

  /**
   * What the holes of a job hit, in all of its sources. Found the first time by reading the sources, which must be there and
   * unchanged; null where it cannot be told.
   * @throws CancelledError
   */
  async of(job: string, signal?: AbortSignal): Promise<LostFiles | null> {
    const { folder } = await findJobFolder(this.dataFolder, job);
    const known = await readJobFile<LostFiles>(folder, 'lostFiles.json');
    if (known) return known;
    try {
      const found = await this.find(folder, signal);
      await replaceFile(join(folder, 'lostFiles.json'), JSON.stringify(found)).catch(() => undefined);
      return found;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return null;
    }
  }

  private async find(folder: string, signal: AbortSignal | undefined): Promise<LostFiles> {
    const { plan } = await loadPlan(join(folder, 'plan.json'));
    const tally = new Tally();
    for (const { name, role } of plan.devices) {
      if (role !== 'source') continue;
      const { device, map } = await jobMap(folder, plan, name);
      const holes = [...rangesWith(map, '-')];
      if (holes.length === 0) continue;
      const opened = await this.devices.open(device.path, device.identity.sectorSize, signal);
      try {
        if (opened.identity.fingerprint !== device.identity.fingerprint) throw new Error(`${device.path} has changed`);
        for await (const owner of this.owners.of(opened.deviceId, holes, signal)) tally.add(device.path, owner);
      } finally {
        // Not closed: who else has it open would lose it.
        await this.devices.rest(opened.deviceId);
      }
    }
    return tally.result();
  }
}

class Tally {
  private readonly files = new Map<string, LostFiles['files'][number]>();
  private readonly structures = new Map<string, LostFiles['structures'][number]>();
  private freeBytes = 0;
  private unknownBytes = 0;

  add(device: string, { kind, partition, what, path, node, offset, length }: FileOwner): void {
    if (kind === 'free') this.freeBytes += length;
    else if (kind === 'unknown') this.unknownBytes += length;
    else if (kind === 'file') {
      const lost = { device, partition, path: path ?? what, bytes: length, firstOffset: offset };
      addTo(this.files, `${device}\0${partition}\0${node ?? path}`, lost);
    } else
      addTo(this.structures, `${device}\0${partition}\0${what}`, { device, partition, what, bytes: length, firstOffset: offset });
  }

  result(): LostFiles {
    const { files, structures, freeBytes, unknownBytes } = this;
    return {
      files: [...files.values()].slice(0, MAX_FILES),
      fileCount: files.size,
      structures: [...structures.values()].slice(0, MAX_STRUCTURES),
      structureCount: structures.size,
      freeBytes,
      unknownBytes,
    };
  }
}

function addTo<T extends { bytes: number; firstOffset: number }>(map: Map<string, T>, key: string, piece: T): void {
  const known = map.get(key);
  if (!known) {
    map.set(key, piece);
    return;
  }
  known.bytes += piece.bytes;
  known.firstOffset = Math.min(known.firstOffset, piece.firstOffset);
}

import { NotSupportedError } from '@diskwright/sdk/errors';
import type { ByteRange, FilesystemNode } from '@diskwright/sdk/protocol';
import type { WorkbenchResult } from '../../../common/workbench';
import type { ReadBytes, Workbench } from '../../api';
import { DirectoryListing } from './directoryListing';
import { followPath, type FoundNode } from './followPath';

/** A node by its path and by the name that its provider gives it. */
export interface NodePlace {
  path: string;
  node: string;
}
export type Directory = NodePlace;

/** Entries that may be kept; the directories that were not used for longest go first. */
const MAX_KEPT_ENTRIES = 500_000;

/** A volume's directories as one editor reads them, kept until the content of the device changes. */
export class VolumeFiles {
  private readonly listings = new Map<string, DirectoryListing>();
  /** libblkid's name of the filesystem; null until something was looked up. */
  type: string | null = null;

  constructor(
    private readonly workbench: Workbench,
    readonly device: string,
    readonly partition: number,
  ) {}

  /** The device's id and the volume, for requests. */
  async volume(signal?: AbortSignal): Promise<{ deviceId: string; partition: number }> {
    const { devices } = this.workbench;
    const { deviceId } = devices.opened(this.device) ?? (await devices.open(this.device, undefined, signal));
    return { deviceId, partition: this.partition };
  }

  /** The node at a path, over links in its directories and, with `last`, at its end; null where there is none. */
  follow(path: string, last: boolean, signal?: AbortSignal): Promise<FoundNode | null> {
    return followPath(path, last, async (at) => {
      const node = await this.lookup(at, signal);
      if (node?.type !== 'symlink' || node.metadata?.target !== undefined) return node;
      return this.stat(node.node, signal);
    });
  }

  /** What is known of a node in a directory; listed anew when it is not kept any more. */
  directory({ node }: Pick<Directory, 'node'>): DirectoryListing {
    let listing = this.listings.get(node);
    if (!listing) {
      listing = new DirectoryListing(async (from, signal) =>
        this.workbench.host.request('volumeFiles/list', { ...(await this.volume(signal)), node, from }, signal),
      );
      this.makeRoom();
    }
    this.listings.delete(node);
    this.listings.set(node, listing);
    return listing;
  }

  async stat(node: string, signal?: AbortSignal) {
    return this.workbench.host.request('volumeFiles/stat', { ...(await this.volume(signal)), node }, signal);
  }

  async streams(node: string, signal?: AbortSignal) {
    return this.workbench.host.request('volumeFiles/streams', { ...(await this.volume(signal)), node }, signal);
  }

  async extents(node: string, signal?: AbortSignal) {
    return this.workbench.host.request('volumeFiles/extents', { ...(await this.volume(signal)), node }, signal);
  }

  /** Where the record of a node lies; null where it has none, or its provider does not tell. */
  async record(node: string, signal?: AbortSignal): Promise<WorkbenchResult<'volumeFiles/record'>['record']> {
    const place = { ...(await this.volume(signal)), node };
    const answer = await this.workbench.host.request('volumeFiles/record', place, signal).catch((error: unknown) => {
      if (error instanceof NotSupportedError) return { record: null };
      throw error;
    });
    return answer.record;
  }

  /** At most 1 MiB of a file, decompressed; fewer at its end. */
  async read(node: string, range: ByteRange, signal?: AbortSignal): Promise<ReadBytes> {
    return this.workbench.host.readContent({ ...(await this.volume(signal)), node }, range, signal);
  }

  /** The content of the device changed, or nobody looks at it any more. */
  clear(): void {
    for (const listing of this.listings.values()) listing.cancel();
    this.listings.clear();
  }

  private async lookup(path: string, signal?: AbortSignal): Promise<FilesystemNode | null> {
    const { host } = this.workbench;
    const found = await host.request('volumeFiles/lookup', { ...(await this.volume(signal)), path }, signal);
    this.type = found.type;
    return found.node;
  }

  private makeRoom(): void {
    let kept = 0;
    for (const { entries } of this.listings.values()) kept += entries.length;
    for (const [node, listing] of this.listings) {
      if (kept <= MAX_KEPT_ENTRIES) return;
      if (listing.isReading) continue;
      kept -= listing.entries.length;
      this.listings.delete(node);
    }
  }
}

/**
 * What the parts of the sector service know of each other: the service opens, leases and serves; the plan part applies and
 * simulates; overlays are opened by name through the part that keeps them. `main.ts` joins them.
 */
import type { DiskwrightError } from '@diskwright/sdk/errors';
import type { DeviceIdentity, SectorSize } from '@diskwright/sdk/protocol';
import type { ExtentList } from '@diskwright/sdk/extents';
import type { JobProgress, JobResult, OpenedDevice, ServedImageInfo, ServiceParams, ServiceResult } from '../common/index';
import type { BlockNode, WritableNode } from './nodes/blockNode';

/** An opened node and what it was found to be. Whoever opened it disposes of `node`. */
export interface OpenedNode<N extends BlockNode = BlockNode> {
  readonly node: N;
  readonly kind: DeviceIdentity['kind'];
  readonly model: string | null;
  readonly serial: string | null;
  /** False only for an overlay that was opened for writing, and for a target. */
  readonly readOnly: boolean;
  /** What the user should know, such as a size rounded down to whole sectors. Sentences. */
  readonly notes: readonly string[];
  /** What the node's bytes lie on, for {@link SectorContext.sameStorage} and {@link SectorContext.usage}. */
  readonly storage: StorageReference;
  /** What a file's content or a device in a container lies on; they are open as long as it is. */
  readonly bases?: readonly OpenedNode[];
  /** Of what others can end, an NBD connection: resolves when that has ended, with the reason. */
  readonly ended?: Promise<DiskwrightError>;
  /** Of what an image file holds. */
  readonly image?: OpenedImage;
  /** Of a device in a container: the plugin that serves it, libblkid's name of a member, and the members' names. */
  readonly container?: OpenedContainer;
}

/** A container whose device a plugin serves. */
export type OpenedContainer = NonNullable<OpenedDevice['container']>;

/** An image file whose content a plugin serves. */
export interface OpenedImage extends ServedImageInfo {
  /** The snapshot that is shown; null: the disk as it is now. */
  readonly snapshot: string | null;
  /** The image file, then the others that it needs; closed with the node that they belong to. */
  readonly files: readonly OpenedNode[];
  /** The same bytes up to the last, which need be no whole sectors; closed with the node that it belongs to. */
  readonly whole: BlockNode;
}

/**
 * A use of storage by somebody: it stands against writing, and when it `writes` itself also against reading, since what is read
 * may change.
 */
export interface Usage {
  /** Who uses it and how, a sentence. */
  text: string;
  writes: boolean;
}

/** Names storage by what it is, not by a path: an inode, a device number, an NBD server's export, an overlay. */
export type StorageReference =
  | { kind: 'file'; major: number; minor: number; inode: number; size: number }
  /** `sequence` tells the disks apart that have had this number since the system started; absent where the system does not count them. */
  | { kind: 'block'; major: number; minor: number; size: number; sequence?: string }
  | { kind: 'nbd'; address: string; exportName: string }
  | { kind: 'overlay'; name: string }
  /** A file in a volume; `id` is another one when its bytes are elsewhere. */
  | { kind: 'content'; id: string; base: StorageReference }
  /** What an image or a container is made of. */
  | { kind: 'image'; files: readonly StorageReference[] };

export interface OpenOptions {
  /** Forces the sector size of an image file; a device's own is never overruled. */
  sectorSize?: SectorSize;
  /** Of a regular file, all bytes count, also those behind the last whole sector. */
  exactSize?: boolean;
  /** Of a regular file, its own bytes are meant, whatever image they may be. */
  plain?: boolean;
  /** What it is called in messages and from then on, where that is not the path. */
  name?: string;
  signal?: AbortSignal;
}

/** Keeps overlays; implemented in `overlay/`. A name is what `path` is when it is neither absolute nor an NBD URI. */
export interface OverlayOpener {
  /** Tells of an extent list that was checked against its digest and may be needed soon; it is not kept alive. */
  know(digest: string, list: ExtentList): void;
  /** True when an overlay of this name is kept in the data folder. */
  exists(name: string): Promise<boolean>;
  /**
   * The overlay's node; a second opening while the first is in use shares its state. Reading is all that a node opened without
   * `writable` can do.
   * @throws StaleError when its base changed since it was made, InvalidInputError when there is none of that name
   */
  open(name: string, writable: boolean, signal?: AbortSignal): Promise<BlockNode | WritableNode>;
}

/** The right to write a device (`target`), or the guarantee that nobody does (`source`), held by a running job. */
export interface Claim {
  release(): void;
}

/** Knows the contents of files in volumes; implemented in `contents/`. */
export interface ContentOpener {
  /** @throws what finding the file throws; DeviceGoneError when nobody is there who could, and it is not known yet */
  openNamed(name: string, options: OpenOptions): Promise<OpenedNode>;
}

/** Knows the devices in containers; implemented in `containers/`. */
export interface ContainerOpener {
  /** @throws what opening the members and the plugin throw; SecretNeededError; DeviceGoneError without a host */
  openNamed(name: string, options: OpenOptions): Promise<OpenedNode>;
}

/**
 * Who holds what. A source's claim keeps every target's claim off the same storage; a target's claim keeps both kinds off and
 * lets leases read on, marked as changing.
 */
export interface ClaimRegistry {
  /** @throws RefusedError naming the holder that stands against it */
  claim(opened: OpenedNode, role: 'source' | 'target', holder: string): Promise<Claim>;
}

/** What the service gives to the parts that plan, apply and keep overlays. */
export interface SectorContext {
  readonly dataFolder: string;
  readonly elevated: boolean;
  readonly claims: ClaimRegistry;
  /**
   * Opens for reading: an absolute path of a regular file or block device, an NBD URI, or an overlay's name.
   * @throws InvalidInputError, RefusedError, NotSupportedError, DeviceGoneError
   */
  open(path: string, options?: OpenOptions): Promise<OpenedNode>;
  /**
   * Opens a target, exclusively (O_EXCL and a lock on the whole disk; a write lock on a file). The only way to a write
   * descriptor; for a running job only.
   * @throws RefusedError when it is in use, naming by whom
   */
  openForWriting(path: string, options?: OpenOptions): Promise<OpenedNode<WritableNode>>;
  /** Size, sector size, model, serial and the fingerprint of what stands at both ends now. */
  identify(opened: OpenedNode, signal?: AbortSignal): Promise<DeviceIdentity>;
  /**
   * Who uses it now: mounts, swap, holders, locks, loop devices over it; empty when it is free. Our own claims are not among
   * them.
   */
  usage(opened: OpenedNode): Promise<Usage[]>;
  /** Whether two share storage, and why, in a sentence; null when they do not. Either may be an image lying on the other. */
  sameStorage(a: OpenedNode, b: OpenedNode): Promise<string | null>;
  /** Whether a folder's filesystem lies on this storage (journals must not), and why; null when it does not. */
  folderLiesOn(folder: string, opened: OpenedNode): Promise<string | null>;
}

/** Runs jobs; implemented in `job/` as `createJobRunner`. */
export interface JobRunner {
  /** Jobs that run now; the service lives on while there are any. */
  readonly active: number;
  /** Resolves when the job is running; rejects when it is refused. */
  start(params: ServiceParams<'job/start'>): Promise<ServiceResult<'job/start'>>;
  /** As {@link start} for several, that read once what their sources have in common: all of them run then, or none. */
  startTogether(params: ServiceParams<'job/startTogether'>): Promise<ServiceResult<'job/startTogether'>>;
  /** Goes on with a job that was interrupted, has failed or was cancelled; otherwise as {@link start}. */
  resume(params: ServiceParams<'job/resume'>): Promise<ServiceResult<'job/resume'>>;
  /** Sampled, at most ten times a second. */
  onProgress(listener: (jobId: string, progress: JobProgress) => void): void;
  onEnded(listener: (jobId: string, result: JobResult) => void): void;
}

/**
 * Applies plans to overlays; implemented in `plan/` as `createSimulator(context: SectorContext, overlays: OverlayOpener):
 * Simulator`.
 */
export interface Simulator {
  simulate(params: ServiceParams<'plan/simulate'>, signal?: AbortSignal): Promise<ServiceResult<'plan/simulate'>>;
}

import type { BlockSource } from '../block/index';
import type { ExtentList } from '../extents/index';
import type {
  BlobRef,
  ByteRange,
  ContentRef,
  DeviceDescription,
  DeviceLayout,
  ExtentsRef,
  FolderEntry,
  FolderOptions,
  FolderReport,
  NewTableKind,
  PartitionOperation,
  RebuildResult,
  VolumeRef,
} from '../protocol/types';
import type { Logger } from '../provider/index';
import type { TableProxy } from './tableProxy';
import type { VolumeProxy } from './volumeProxy';

/** A right to read sectors; whoever asked for it gives it back. */
export interface LeasedSource extends BlockSource {
  /** Where the source starts on its device, in bytes. */
  readonly offset: number;
  /** Gives the lease back. May be called again. */
  dispose(): Promise<void>;
}

/** Devices that the user handed to the running command, by the ids in its input. Every call ends with the command's signal. */
export interface PluginDevices {
  describe(deviceId: string): Promise<DeviceDescription>;
  /** The layout with what lies in each partition, as the user is shown it. */
  layout(deviceId: string): Promise<DeviceLayout>;
  /**
   * The right to read a range (without one: the whole device) through a page cache, until `dispose` or the end of the command.
   * @throws CapabilityDeniedError when the device was not handed to this command
   */
  lease(deviceId: string, range?: ByteRange): Promise<LeasedSource>;
  /** The partition table, by whichever provider knows it; null when none does. Closed with the command if not before. */
  table(deviceId: string): Promise<TableProxy | null>;
  /**
   * What is to be written for a new table with these partitions, whatever is there now.
   * @throws NotSupportedError when no provider makes such tables; what the provider refuses
   */
  createTable(deviceId: string, type: NewTableKind, operations: PartitionOperation[]): Promise<RebuildResult>;
}

export interface PluginVolumes {
  /** The filesystem on a volume, by whichever provider knows it; null when none does. Closed with the command if not before. */
  open(volume: VolumeRef): Promise<VolumeProxy | null>;
}

export interface PluginContents {
  /**
   * The right to read a content that `VolumeProxy.openContent` answered, to the byte, until `dispose` or the end of the command: decompressed, whatever
   * of it the volume does not hold as it is. Its `offset` is 0.
   */
  lease(content: ContentRef): Promise<LeasedSource>;
  /** The content is of no more use to this command; leases of it go on. For commands that open very many: the host keeps a thousand. */
  close(content: ContentRef): Promise<void>;
}

/** Blobs live with the sector service until the command's result, such as a plan that names them, is dealt with. */
export interface PluginExtents {
  put(list: ExtentList): Promise<ExtentsRef>;
  /** @throws InvalidInputError when the blob is no extent list or does not hash to its reference */
  get(reference: ExtentsRef): Promise<ExtentList>;
}

export interface PluginBlobs {
  put(bytes: Buffer): Promise<BlobRef>;
  /** At most 256 MiB. */
  get(reference: BlobRef): Promise<Buffer>;
}

/** Files that are being written below a folder. Closed with the command if not before. */
export interface FolderProxy {
  /** Entries with the contents of nodes of the volume; what is above an entry comes before it. At most 512. One call at a time. */
  write(volume: VolumeProxy, entries: FolderEntry[]): Promise<FolderReport>;
  /** All is written: folders get their modes and times. */
  finish(): Promise<FolderReport>;
  close(): Promise<void>;
}

export interface PluginFolders {
  /**
   * Begins to write below a folder that the user picked, by the id in the command's input (format `folder`).
   * @throws CapabilityDeniedError without the capability `files.write:picked`
   */
  open(folder: string, options: FolderOptions): Promise<FolderProxy>;
}

/** What a command works with. It is of no more use when the command has ended. */
export interface PluginContext {
  /** Aborts when the user cancels. */
  readonly signal: AbortSignal;
  /** Input field → what the user gave for it, where the input holds an id instead: `{ source: '/dev/sda' }`. For messages and plans. */
  readonly named: Readonly<Record<string, string>>;
  readonly log: Logger;
  readonly devices: PluginDevices;
  readonly volumes: PluginVolumes;
  readonly contents: PluginContents;
  readonly folders: PluginFolders;
  readonly extents: PluginExtents;
  readonly blobs: PluginBlobs;
  /** The values of the plugin's own settings by key, as they are now, defaults included. Empty from a host that has no settings yet. */
  settings(): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Says how far it is: `done` of `total` bytes (or of whatever `stage` counts). May be called as often as one likes: at most ten a second are
   * sent, the last one always.
   */
  progress(stage: string, done: number, total?: number): void;
}

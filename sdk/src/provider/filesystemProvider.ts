import type { BlockSource } from '../block/index';
import type { ExtentList } from '../extents/index';
import type {
  ByteRange,
  ContentSegment,
  EntryTable,
  FilesystemEntry,
  FilesystemInfo,
  FilesystemNode,
  Finding,
  Generation,
  NamedRange,
  Owner,
  SectorSize,
  StructureInstance,
} from '../protocol/types';
import type { ChangeProposal, EncodedField, FieldEdit, ProviderContext, WriteProposal } from './common';

/**
 * Reads one kind of filesystem; listed in the manifest under `contributes.filesystems` by the same id, with the magic bytes by which the host
 * finds it. It gets sectors only through the source, which caches pages, so that small reads in any order are cheap.
 *
 * All offsets and lengths are bytes from the start of the volume unless a name says otherwise.
 */
export interface FilesystemProvider {
  /**
   * How sure it is that the volume is its own: 0 not mine, 100 certain. Reads a few sectors only. Bytes that make no sense are a 0, not an
   * exception.
   */
  probe(source: BlockSource, context: ProviderContext): Promise<number>;
  /**
   * Opens the volume for the calls of {@link Filesystem}. The source lives until `close`.
   * @throws DamagedStructureError when not even the superblock can be read as one; everything less is a finding of `check`
   */
  open(source: BlockSource, context: ProviderContext): Promise<Filesystem>;
}

/** What the filesystem uses. */
export interface AllocationResult {
  /**
   * `exact`: just what is used. `conservative`: all that is used and somewhat more. `unknown`: it cannot be told (unclean journal, error flag,
   * multi-mount protection, unknown feature, journal elsewhere); every sector is then copied.
   */
  confidence: 'exact' | 'conservative' | 'unknown';
  /**
   * All that must be copied: data, metadata, boot area, boot copies and whatever lies in the volume's tail. Too much is safe, one used block
   * missing is data loss. Null exactly when `unknown`.
   */
  extents: ExtentList | null;
  /** Why it is less than exact, a sentence each; empty when exact. */
  reasons: string[];
}

export interface RelocateTarget {
  /** Where the volume will start on its new device. */
  newStart: number;
  /** Size of the new volume, at least that of the old one. */
  newSize: number;
  newSectorSize: SectorSize;
}

export interface RelocateResult {
  /** From the volume's start; empty when nothing depends on the place. */
  writes: WriteProposal[];
  /** What the user should know, a sentence each. */
  warnings: string[];
}

export interface ListOptions {
  /** Entries bear their `metadata`, as far as the filesystem records it. Otherwise it is left out, so that nothing is read for it alone. */
  metadata?: boolean;
}

export interface WalkOptions extends ListOptions {
  recursive: boolean;
  /** A glob over the path relative to the start; absent means all. */
  filter?: string;
}

/** A file's content: where its bytes are, in the order of the file. */
export interface FileContent {
  size: number;
  segments: Iterable<ContentSegment> | AsyncIterable<ContentSegment>;
}

/** A named stream or extended attribute of a node. */
export interface NamedStream {
  name: string;
  size: number;
  /** The value, when it is small (up to 64 KiB); larger ones are read by `contentOf(node, name)`. */
  value?: Buffer;
}

/**
 * The files of an open volume, by nodes, which are named as the provider likes. What is optional answers NotSupported, naming the provider, when it is
 * absent. Calls may overlap, and take a signal as those of {@link Filesystem} do.
 */
export interface FilesystemFiles {
  /** The root directory. Details come with `lookup('/')`: it is known without reading. */
  readonly root: FilesystemNode;
  /** The entries of a directory, without `.` and `..`; paths are names. */
  readdir(node: string, signal: AbortSignal, options?: ListOptions): Iterable<FilesystemEntry> | AsyncIterable<FilesystemEntry>;
  /** A tree, parents before children, paths relative to `node`. Absent: made of `readdir`. */
  walk?(node: string, options: WalkOptions, signal: AbortSignal): Iterable<FilesystemEntry> | AsyncIterable<FilesystemEntry>;
  /**
   * As `walk`, many entries at once, which the runtime prefers: of a listing of very many files, an await for each is a good part of the cost. The entries are
   * the runtime's own.
   */
  walkBatches?(node: string, options: WalkOptions, signal: AbortSignal): AsyncIterable<readonly FilesystemEntry[]>;
  /**
   * As `walkBatches`, in tables, which {@link EntryColumns} makes: of all there is and without metadata, which is what a listing for people takes. It saves an
   * object for each entry; worth its code only where very many files are read in little time.
   * @returns null where it has no shorter way than `walkBatches`
   */
  walkTables?(node: string, options: Pick<WalkOptions, 'recursive'>, signal: AbortSignal): AsyncIterable<EntryTable> | null;
  /** With its `metadata`, and in `details` more for people to read, in order. */
  stat?(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [name: string, value: string][] }>;
  /** The node at a path such as `/boot/grub`, links not followed; `/` is the root. Null when there is none. Absent: made of `readdir`. */
  lookup?(path: string, signal: AbortSignal): Promise<FilesystemNode | null>;
  readlink?(node: string, signal: AbortSignal): Promise<string>;
  /** Where the bytes of a file (or of one of its streams) are. */
  contentOf?(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent>;
  /**
   * Bytes of a file (or of one of its streams) as its reader sees them: decompressed, decrypted. Whoever answers `served` segments in `contentOf` has it;
   * the runtime serves those segments with it, over NBD, to whoever reads the file. Any range is readable, also one that is not `served`; calls come in
   * ascending order as a rule, several may be under way, and a cache of the last units decompressed is the provider's own affair.
   * @param offset in the content
   * @param length at most 1 MiB, and inside of the content's size
   * @returns exactly `length` bytes, owned by the caller
   * @throws DamagedStructureError when the bytes cannot be made out; only this range counts as unreadable
   */
  readContent?(node: string, stream: string | undefined, offset: number, length: number, signal: AbortSignal): Promise<Buffer>;
  streams?(node: string, signal: AbortSignal): Promise<NamedStream[]>;
  /** The file's extents in the order of the file. */
  extentsOf?(node: string, signal: AbortSignal): Promise<ByteRange[]>;
  /**
   * Where the record of a node lies, and how users call it: `inode 12`, `MFT record 5`, `directory entry`; null for one without, such as the root of a FAT.
   * Where nodes are named by the filesystem's own numbers, and records called so, users go to them by number, whatever they hold: free ones are answered, too.
   * @throws InvalidInputError when there can be no such node
   */
  recordOf?(node: string, signal: AbortSignal): Promise<NamedRange | null>;
}

/**
 * An open volume. Calls may overlap. Each takes a signal that aborts when the caller cancels; loops must look at it. Damage is a finding of
 * `check` with its range and, where a call cannot go on, a DamagedStructureError; it is never a crash, a hang or a read outside of the source.
 *
 * What is optional answers NotSupported, naming the provider, when it is absent.
 */
export interface Filesystem {
  info(signal: AbortSignal): Promise<FilesystemInfo>;
  allocation(signal: AbortSignal): Promise<AllocationResult>;
  /** The few ranges (superblocks, boot sectors) that make the volume recognisable and whole, all inside `allocation`: written last. */
  commitExtents(signal: AbortSignal): Promise<ByteRange[]>;
  /** Write markers and a digest over superblock and allocation structures; see `computeGeneration`. The same while nothing is written. */
  generation(signal: AbortSignal): Promise<Generation>;
  /** Where the marks lie by which libblkid or anyone else knows the filesystem, copies included. At most 256. */
  signatures(signal: AbortSignal): Promise<NamedRange[]>;
  /**
   * What must change when the volume comes to lie elsewhere (hidden sectors, boot copies).
   * @throws RefusedError when it cannot live there, such as on another sector size
   */
  relocate(target: RelocateTarget, signal: AbortSignal): Promise<RelocateResult>;
  /**
   * On-disk structures for the sector view, in ascending order where that is cheap. Pulled: made as they are asked for.
   * @param range only structures that meet it are wanted. Others are dropped by the runtime, so that looking at it is a matter of speed alone
   */
  structures(signal: AbortSignal, range?: ByteRange): Iterable<StructureInstance> | AsyncIterable<StructureInstance>;
  /** What is wrong, as far as reading alone can tell; at most 4096 findings. */
  check(signal: AbortSignal): Promise<Finding[]>;

  /**
   * The bytes of an edited field; see `encodePlacedField`.
   * @throws InvalidInputError when there is no such field, or the text is no value of it
   */
  encodeField?(edit: FieldEdit, signal: AbortSignal): Promise<EncodedField>;

  /** Absent when its files cannot be told. May throw DamagedStructureError when the volume is open, but nothing leads to its files. */
  readonly files?: FilesystemFiles;
  /**
   * Who owns the bytes of the ranges, in ascending order, without gaps. An owner is a whole run (an extent of a file), which may reach beyond the ranges.
   * One call looks for all of them: most filesystems know the way from file to block only, so that each call goes through all files.
   * @param ranges ascending, apart and inside of the volume; at most 4096
   */
  ownersOf?(ranges: readonly ByteRange[], signal: AbortSignal): Iterable<Owner> | AsyncIterable<Owner>;

  /** The least size in bytes to which `resize` could bring it. */
  minimumSize?(signal: AbortSignal): Promise<number>;
  resize?(size: number, signal: AbortSignal): Promise<ChangeProposal>;
  relabel?(label: string, signal: AbortSignal): Promise<ChangeProposal>;
  /** A new UUID or serial number. */
  renewIdentity?(signal: AbortSignal): Promise<ChangeProposal>;

  /** Frees what it holds; called once, also after failures. The source is not read afterwards. */
  close?(): Promise<void>;
}

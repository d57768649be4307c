/**
 * The native addon: device access, copy engine, hashing. It holds no policy; what may be opened or written is decided by
 * its callers.
 *
 * Offsets and lengths are bytes, integers from 0 to 2^53 − 1. A bad argument throws a `TypeError` at once. A request that
 * the operating system refuses gives a `NativeError`. Work that may wait for a device runs on threads of the addon's own
 * (32 at most, besides those of the jobs), never on libuv's. A buffer given to an asynchronous function must not be changed
 * or transferred until its promise is settled. Descriptors belong to the caller, who closes them (with `fs.close`) after
 * everything that uses them has settled.
 *
 * @module
 */

/** An error of the operating system. */
export interface NativeError extends Error {
  /** Symbolic name, such as `EIO`, `ENOSPC`, `EBUSY`. */
  readonly code: string;
  /** The negative error number, as in Node's own errors. */
  readonly errno: number;
  /** Where it happened, for reading, writing and what else has a place. */
  readonly offset?: number;
}

/** What a descriptor is open on. */
export interface Description {
  readonly kind: 'file' | 'block';
  readonly size: number;
  /** The smallest unit that the device reads and writes; 512 for files. */
  readonly logicalSectorSize: number;
  /** The unit that it stores in; at least the logical size. 512 for files. */
  readonly physicalSectorSize: number;
  /** The device is write-protected, or the descriptor is open for reading only. */
  readonly readOnly: boolean;
  /** Of the device itself (`st_rdev`), or of the filesystem that holds the file (`st_dev`). */
  readonly deviceNumber: { readonly major: number; readonly minor: number };
  /** Inode of the file, or of the device node. */
  readonly inode: number;
  /** Whether the medium spins; absent where the system does not say (always for files). */
  readonly rotational?: boolean;
}

/** A range of bytes. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/**
 * Opens a block device or a regular file; anything else is refused with `EINVAL` before it is opened. The descriptor is not
 * inherited by children. For writing, a file must exist, and a block device is claimed exclusively (`EBUSY` while the kernel
 * uses it: mounted, swap, part of another device, one of its partitions so).
 *
 * @param options.direct past the page cache (O_DIRECT); `EINVAL` where the filesystem does not have it
 * @throws NativeError
 */
export function open(path: string, options: { access: 'read' | 'write'; direct?: boolean }): number;

/**
 * @throws NativeError `EINVAL` for a descriptor that is neither block device nor regular file, `EFBIG` for a device larger
 *   than 2^53 − 1 bytes
 */
export function describe(fd: number): Description;

/**
 * Reads `length` bytes (at most 1 GiB) at any alignment, on direct descriptors too. The result is shorter only where the
 * device ends. Rejects with the offset of the request that failed.
 */
export function read(fd: number, offset: number, length: number): Promise<Buffer>;

/** As `read`, into a buffer of the caller's; answers how many bytes were read. */
export function readInto(fd: number, offset: number, buffer: Uint8Array): Promise<number>;

/**
 * Writes all of `buffer` at any alignment. On a direct descriptor partial sectors at its edges are read, changed and written
 * back. Nothing is flushed. Rejects with the offset of the request that failed; what lies before it was written.
 */
export function write(fd: number, offset: number, buffer: Uint8Array): Promise<void>;

/**
 * The parts of a range that may hold something else than zeros, by SEEK_DATA and SEEK_HOLE. A block device, or a filesystem
 * that does not tell, answers the whole range. What lies past the end of the file is not data.
 *
 * @param maxCount at most that many ranges, 1 to 65 536
 * @returns ranges in ascending order, and where to go on when `maxCount` was reached before the end, otherwise null
 */
export function dataRanges(
  fd: number,
  offset: number,
  length: number,
  maxCount: number,
): Promise<{ ranges: Range[]; next: number | null }>;

/**
 * Makes a range read as zeros: by the device's or filesystem's own means, by writing zeros where it has none. With `unmap`
 * its storage may be given back. Partial sectors at the edges are written.
 */
export function zero(fd: number, offset: number, length: number, options: { unmap: boolean }): Promise<void>;

/**
 * Tells the device that a range is not used any more; on a file it becomes a hole. On a device the content of the range is
 * undefined afterwards. Only whole sectors of the range are discarded.
 *
 * @returns false when the device or filesystem has no such thing; nothing was done
 */
export function discard(fd: number, offset: number, length: number): Promise<boolean>;

/**
 * Makes a range of a file share the blocks of a range of another file (FICLONERANGE): nothing is read or written, and there is no
 * second copy on the medium. What the page cache holds of the source is written back first.
 *
 * @returns false when the filesystem does not do it, not between these two, or not at these offsets (multiples of its blocks are
 *   needed): some of the range may have been done
 */
export function cloneRange(
  sourceFd: number,
  sourceOffset: number,
  targetFd: number,
  targetOffset: number,
  length: number,
): Promise<boolean>;

/** Everything written through any descriptor of this device or file is on the medium when it resolves. */
export function flush(fd: number): Promise<void>;

/**
 * Writes back and forgets what the page cache holds of the device or file, so that the next read sees what other ways to the
 * same bytes (a partition, a loop device, the backing file) have written. Needs CAP_SYS_ADMIN on a block device; without it
 * what is clean is dropped all the same.
 */
export function dropCaches(fd: number): Promise<void>;

/**
 * Asks the kernel to read the partition table again.
 *
 * @returns null, or why it did not: `EBUSY` (a partition is in use), `EINVAL` (no partitions on this device, or no parser in
 *   this kernel), `EACCES`, `ENOTTY` (not a block device)
 */
export function rereadPartitions(fd: number): Promise<string | null>;

/**
 * Takes an open-file-description lock on the whole file, without waiting; it lasts until the last descriptor of this opening
 * is closed. A write lock needs a descriptor open for writing.
 *
 * @returns false when another opening holds a lock that conflicts
 */
export function lockFile(fd: number, type: 'read' | 'write'): boolean;

/**
 * A lock of another opening or process that would keep this one from a lock of `type` (`write` when absent) on bytes of the
 * range (the whole file when absent); which one, where there are several, is not defined. `length` 0 means to the end of the
 * file, in the arguments and in the result. A lock that is held through the same opening is not seen. Nothing is locked.
 */
export function probeFileLock(
  fd: number,
  type?: 'read' | 'write',
  start?: number,
  length?: number,
): { type: 'read' | 'write'; start: number; length: number } | null;

/**
 * Takes the advisory lock (flock) on a device node, without waiting: on a whole disk the convention by which udev and
 * systemd keep their hands off. It lasts until the last descriptor of this opening is closed.
 *
 * @returns false when somebody else holds it
 */
export function lockDevice(fd: number, shared: boolean): boolean;

/**
 * The file that a loop device lies in: device number and inode as `stat` gives them, whatever became of its name, and where in
 * it the device begins.
 *
 * @returns null for a device that is no loop device, or that is not attached
 */
export function loopBacking(fd: number): { major: number; minor: number; inode: number; offset: number } | null;

/** Who connected the other end of a unix socket, as the kernel knows it: process, user, group at the time of connecting. */
export function peerCredentials(socketFd: number): { pid: number; uid: number; gid: number };

/**
 * Sends one descriptor together with a payload of 1 to 65 536 bytes over a unix stream socket (on the wire: u32 little-endian
 * length, payload; the descriptor with the first byte). The descriptor stays open here. One call at a time a socket.
 */
export function sendDescriptor(socketFd: number, fd: number, payload: Uint8Array): Promise<void>;

/**
 * Receives what one `sendDescriptor` sent. Waits for it. More than one descriptor in a message is refused with `EBADMSG`, and
 * all of them are closed; `EPIPE` when the other end has closed the socket. The descriptor is not inherited by children, and
 * belongs to the caller. `fd` is null when the bytes came without a descriptor. One call at a time a socket, which nobody else
 * must read from.
 */
export function receiveDescriptor(socketFd: number): Promise<{ fd: number | null; payload: Buffer }>;

/** BLAKE3 of the bytes, 32 bytes long. Synchronous: some GB/s. */
export function blake3(bytes: Uint8Array): Buffer;

/** BLAKE3 of bytes that come in pieces. */
export class Blake3 {
  constructor();
  /** Adds bytes; answers the same object. */
  update(bytes: Uint8Array): this;
  /** The hash of what was added so far, 32 bytes long. More may be added afterwards. */
  digest(): Buffer;
}

/** Whether all bytes are zero; true for none. */
export function isZero(bytes: Uint8Array): boolean;

/** Progress of a job: sampled whenever it is asked for, cheap. */
export interface CopyProgress {
  /** Bytes of the extents that were read (or given up as holes). */
  readonly readBytes: number;
  /** Bytes of the extents that are done at the target, skipped and zeroed ones included. */
  readonly writtenBytes: number;
  /** Bytes that were found to be zero, whatever was then done with them. */
  readonly zeroBytes: number;
  /** How many unreadable ranges were met. */
  readonly holes: number;
  /** What most of the threads' time since the last call went to: what the speed depends on. Null when none was busy. */
  readonly limit: 'read' | 'write' | 'hash' | null;
  /** Requests that were not answered for two seconds, the longest first. */
  readonly stuck: StuckRequest[];
}

/** A request to one of a job's devices that was not answered yet. */
export interface StuckRequest {
  readonly side: 'source' | 'target';
  /** On that device. */
  readonly offset: number;
  /** For how long. */
  readonly seconds: number;
}

/** Where requests that succeeded took more than a second and more than ten times the median; near ones are told together. */
export interface SlowRange {
  readonly side: 'source' | 'target';
  readonly offset: number;
  readonly length: number;
  readonly requests: number;
  readonly longestSeconds: number;
}

/**
 * Reads that copies of one source share: each chunk is read by the copy that comes to it first, hashed once, and kept until the
 * others have taken it. When `capacityBytes` are kept, nothing more is read until half of them was taken, so that all go at the
 * speed of the slowest; one that is less than half as fast as the fastest, or does nothing for two seconds (five before its
 * first chunk), is waited for no longer, and reads for itself until it has caught up. A chunk that cannot be read as a whole is read by each for itself.
 */
export class SharedReads {
  /** @param options `capacityBytes` from 0 to 1 GiB: beside it there is the chunk that each thread of a job works on */
  constructor(options: { capacityBytes: number });
}

/** A copy's part in shared reads, for all of its jobs one after another: waited for from its making until it leaves. */
export class SharedReader {
  /** @throws RangeError for more than 64 readers, those that have left included */
  constructor(reads: SharedReads);
  /**
   * For whoever copies without a `CopyJob`: what to do about a chunk of a source, named by a descriptor or by a name of its own.
   * @returns null when it is to be asked again, some milliseconds later. `waitedMilliseconds` says how long that has been done
   */
  turn(
    place: { offset: number; length: number } & ({ fd: number } | { name: string }),
    waitedMilliseconds: number,
  ): SharedTurn | null;
  /** Nobody waits for it any more. Idempotent; to be called whenever a copy has ended, however it did. */
  leave(): void;
}

/** A chunk that another has read, or that is to be read: for the others too where it can be published. */
export interface SharedTurn {
  /** What another has read; null for zeros, absent when it is to be read. */
  readonly bytes?: Buffer | null;
  /** BLAKE3 of what another has read, 32 bytes. */
  readonly digest?: Buffer;
  /** To be called when the chunk was read (null: it is zeros), and without arguments when it could not be. Copies the bytes. */
  publish?(bytes?: Uint8Array | null, digest?: Uint8Array): void;
}

/** What a copy job does. */
export interface CopyOptions {
  /**
   * Descriptors; direct or not: where extents are long, the job passes the page cache by if it can. It uses duplicates of its own:
   * the caller may close these at any time.
   */
  sourceFd: number;
  targetFd: number;
  /**
   * The extents to copy, as the extent list blob: 8 bytes `DWEXTS01`, u64 count, then `count` records of u64 offset and
   * u64 length, little endian; sorted, not empty, neither overlapping nor touching. Checked whole; copied.
   */
  extents: Uint8Array;
  /**
   * Lists of ranges, relative as the extents are, that are known to be bad: `suspects` are read after all others, `givenUp` are
   * not read at all and become holes.
   */
  suspects?: Uint8Array;
  givenUp?: Uint8Array;
  /** Added to each extent's offset to get the offset on the source, on the target. */
  sourceOffset: number;
  targetOffset: number;
  /**
   * Chunks are cut within each extent from its start: the unit of requests, of zero detection and of `chunkHashes`.
   * A multiple of 4096 from 4096 to 64 MiB; 1 MiB when absent.
   */
  chunkBytes?: number;
  /** Chunks worked on at once, each with a thread and a buffer of its own: 1 to 64; 4 when absent. */
  inFlight?: number;
  /** Unit into which an unreadable range is narrowed down: a power of two from 512 to 65 536. */
  sectorSize: number;
  /**
   * A chunk of zeros is written like any other, skipped (the target is known to read as zeros there), or zeroed by the
   * device's own means, which leaves a hole in a file.
   */
  zeroDetection: 'write' | 'skip' | 'zero';
  /**
   * The target is read too, and what stands there already is not written: compared in units of 64 KiB. The target must reach to
   * the end of the extents; what of it cannot be read is written. False when absent.
   */
  keepsEqual?: boolean;
  /** What is read is hashed; where not, `blake3` and `chunkHashes` of the result are empty. True when absent. */
  hashes?: boolean;
  /**
   * An unreadable sector ends the job, or becomes a hole: zeros at the target, never what was there before. Then a chunk that
   * cannot be read is put aside until all others are done, halved, and taken sector by sector from both ends of what is bad.
   */
  onReadError: 'stop' | 'skip';
  /** How often an unreadable sector is tried again before it counts as one: 0 to 100. */
  retries: number;
  /** Chunks that other copies of this source need as well are read once for all of them; the source must not change meanwhile. */
  sharedReader?: SharedReader;
}

/** How a job ended. */
export interface JobFailure {
  /** `EIO`, `ENOSPC`, …; `EEND` when the device ends within an extent. */
  readonly code: string;
  /** Offset on that device where it happened; absent when it has no place (`ENOMEM`, `EAGAIN`: no thread). */
  readonly offset?: number;
  readonly side: 'source' | 'target';
  readonly message: string;
}

/** The result of a copy job. After `cancelled` and `failed` it tells what is known: any part may have been written. */
export interface CopyResult {
  readonly state: 'done' | 'cancelled' | 'failed';
  readonly error?: JobFailure;
  /**
   * How many requests the system had not answered when the job was settled: 0 when done. As long as they are out, the job's
   * duplicates of the descriptors, and so an exclusive claim, stay open, and a write may still arrive.
   */
  readonly requestsLeft: number;
  /** Those requests. */
  readonly stuck: StuckRequest[];
  readonly slow: SlowRange[];
  /** Unreadable ranges as offsets on the source device, ascending, touching ones joined; the first 65 536 of them. */
  readonly holes: Range[];
  /** How many bytes were unreadable in all. */
  readonly holeBytes: number;
  /** With `keepsEqual`, how many bytes stood on the target before and were not written; otherwise 0. */
  readonly unchangedBytes: number;
  /**
   * When done: BLAKE3 over the concatenated 32-byte BLAKE3 hashes of all chunks in extent order, as hexadecimal; so it
   * depends on `chunkBytes`. Otherwise, or without `hashes`, empty. Holes count as the zeros that were written.
   */
  readonly blake3: string;
  /**
   * When done: the first 16 bytes of each chunk's BLAKE3, in extent order; otherwise, or without `hashes`, empty. 16 bytes for each `chunkBytes`
   * or part of it of each extent.
   */
  readonly chunkHashes: Buffer;
}

/**
 * Copies the extents of one descriptor to another in native threads. Starts at once. A write that fails ends the job with its
 * exact offset, of several the first. Nothing is flushed at the end. Source and target may be the same descriptor only where no range read is written.
 */
export class CopyJob {
  /**
   * @param onEnd called once with the result, as by `done.then(onEnd)`
   * @throws TypeError for bad options or a malformed extent list; NativeError for descriptors that are not open
   */
  constructor(options: CopyOptions, onEnd?: (result: CopyResult) => void);
  /** Resolves when the job has ended, however it did; never rejects. */
  readonly done: Promise<CopyResult>;
  progress(): CopyProgress;
  /**
   * Ends the job: within 100 ms it is settled as `cancelled`, even while requests hang. A request that is under way is left to
   * finish on its own, into memory and descriptors of its own; so one that hangs may still write its chunk later. Without effect
   * when it has ended.
   */
  cancel(): void;
  /** While it is paused, what is under way is finished and nothing new is begun; cancelling works as ever. */
  pause(isPaused: boolean): void;
  /** Once the job was settled: how many of its requests are still out. */
  requestsLeft(): number;
}

/** What a verify job does. */
export interface VerifyOptions {
  targetFd: number;
  /** The same extents and chunk size that were given to the copy job. */
  extents: Uint8Array;
  targetOffset: number;
  chunkBytes?: number;
  inFlight?: number;
  /** As the copy job gave them; refused when their number does not fit the extents. */
  chunkHashes: Uint8Array;
}

/** Progress of a verify job. */
export interface VerifyProgress {
  readonly readBytes: number;
  readonly mismatches: number;
  readonly limit: 'read' | 'hash' | null;
  /** As that of `CopyProgress`. */
  readonly stuck: StuckRequest[];
}

/** The result of a verify job. */
export interface VerifyResult {
  /** `done` says only that everything was compared: see `mismatchCount`. */
  readonly state: 'done' | 'cancelled' | 'failed';
  readonly error?: JobFailure;
  /** As those of `CopyResult`. */
  readonly requestsLeft: number;
  readonly stuck: StuckRequest[];
  readonly slow: SlowRange[];
  /** Chunks that differ, as offsets on the target, ascending: the first 1024 of them. */
  readonly mismatches: Range[];
  readonly mismatchCount: number;
  /** Whether it was read past the page cache by direct I/O; otherwise the cache was dropped before. */
  readonly direct: boolean;
}

/**
 * Reads extents back from the medium and compares the hash of each chunk. Everything written before is flushed and the page
 * cache is passed by: by a direct descriptor of its own, or by dropping the cache first. A range that cannot be read ends the job as `failed`.
 */
export class VerifyJob {
  constructor(options: VerifyOptions, onEnd?: (result: VerifyResult) => void);
  /** Resolves when the job has ended, however it did; never rejects. */
  readonly done: Promise<VerifyResult>;
  progress(): VerifyProgress;
  /** As those of `CopyJob`. */
  cancel(): void;
  pause(isPaused: boolean): void;
  requestsLeft(): number;
}

/** What to look for. All that is given is looked for at once. */
export interface SearchPatternProgram {
  /**
   * Runs of byte sets: each 32 bytes a place, bit n of byte n / 8 (least significant first) for the value n. No run and no set
   * may be empty.
   */
  sequences?: Uint8Array[];
  /** A regular expression as a nondeterministic automaton. */
  program?: {
    /**
     * Triples: 0, index of a set, where to go on after a byte of it; 1, one way to go on, the other; 2, 0, 0: matched. It
     * starts at the first. It must not match the empty run.
     */
    instructions: Uint32Array;
    /** As in `sequences`. */
    sets: Uint8Array;
    /** The most bytes of a match, at most 65 536: longer ones are cut there. */
    longest: number;
  };
}

/** Matches in ascending order; those of one sequence or program do not overlap. */
export interface SearchResult {
  /** Offset and length of each match, in turn. */
  readonly hits: Float64Array;
  /** Sectors that could not be read; they were searched as zeros. */
  readonly unreadable: Range[];
  /** There are more than were wanted; what lies after the last hit was not searched. */
  readonly isFull: boolean;
}

/** Looks for a pattern, in any number of threads at once: some GB/s each for sequences. */
export class Searcher {
  /** @throws TypeError */
  constructor(pattern: SearchPatternProgram);
  /** The most bytes that a match can have. */
  readonly longest: number;
  /**
   * The matches that begin within `length` bytes from `offset` and end at `end` (at least offset + length) or before. Works on a
   * duplicate of the descriptor. Bad sectors are tried twice.
   * @param sectorSize unit into which an unreadable range is narrowed down: 512 to 65 536
   * @param mostHits at most 1 048 576
   */
  inDevice(
    fd: number,
    range: { offset: number; length: number; end: number },
    sectorSize: number,
    mostHits: number,
  ): Promise<SearchResult>;
  /** The matches that begin in the first `startsEnd` bytes; their offsets are from the start of `bytes`. */
  inBytes(bytes: Uint8Array, startsEnd: number, mostHits: number): Promise<SearchResult>;
  /** For good: what is being searched, or is asked for later, rejects soon; what waits for a device does when that answers. */
  stop(): void;
}

/** A request that an `NbdReadServer` does not answer itself. */
export interface NbdDelegatedRequest {
  readonly id: number;
  /** The 28 bytes as they came; the payload of a write was skipped. */
  readonly header: Buffer;
}

/**
 * The transmission phase of one NBD connection to a range of a descriptor that is only read, on threads of its own: 16 at most,
 * with 16 MiB of reads under way. It answers reads that succeed. All other requests are delegated.
 */
export class NbdReadServer {
  /**
   * Starts at once, on duplicates of both descriptors. The socket is made blocking, and nobody else must use it.
   *
   * @param options.offset where on `fd` the export begins
   * @param options.received what was received already and belongs to this phase; copied
   * @throws TypeError, NativeError
   */
  constructor(options: {
    socketFd: number;
    fd: number;
    offset: number;
    size: number;
    structuredReplies: boolean;
    received: Uint8Array;
  });
  /** Resolves when no thread uses `fd` any more: after the connection's end, when the last request has come back. */
  readonly idle: Promise<void>;
  /** The next request to be answered; null when the connection has ended. One call at a time. */
  next(): Promise<NbdDelegatedRequest | null>;
  /** Sends the whole reply to a delegated request; copied. */
  answer(id: number, reply: Uint8Array): void;
  /** From now on every request is delegated. When none is under way any more, the connection ends. */
  revoke(): void;
  /** Ends the connection at once, whatever is under way. */
  end(): void;
  /** What was read by requests that were not delegated, since this was asked last. */
  takeRead(): NbdReads;
}

/** What requests of a connection have read. */
export interface NbdReads {
  /** By offset, apart from each other, at most 64. */
  readonly ranges: { offset: number; length: number }[];
  readonly bytes: number;
  readonly requests: number;
  /** The ranges hold bytes that nobody asked for, as there were too many. */
  readonly rounded: boolean;
}

/** A time since 1970; `seconds` may be negative. */
export interface FolderTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Something to be made below the folder of a `FolderWriter`. What is absent stays as the system makes it. */
export interface FolderEntry {
  /**
   * `finishDirectory` gives a directory its metadata, after all that is in it. `begin` makes an empty file of `size` under a temporary name, for content
   * that comes from elsewhere; `commit` gives it metadata and its name, `discard` removes it.
   */
  readonly kind:
    | 'file'
    | 'directory'
    | 'symlink'
    | 'fifo'
    | 'blockDevice'
    | 'characterDevice'
    | 'hardLink'
    | 'finishDirectory'
    | 'begin'
    | 'commit'
    | 'discard';
  /** From the folder; a TypeError when a component is empty, `.` or `..`, or any byte NUL. */
  readonly path: Uint8Array;
  /** Of a symbolic link its target, of a hard link the path that it shares, of `commit` and `discard` the temporary name. */
  readonly target?: Uint8Array;
  readonly size?: number;
  /** Four numbers a segment: descriptor (or -1 for `bytes`), position there, offset in the file, length. What none covers is a hole. */
  readonly segments?: Float64Array;
  readonly bytes?: Uint8Array;
  readonly mode?: number;
  readonly userId?: number;
  readonly groupId?: number;
  readonly accessed?: FolderTime;
  readonly modified?: FolderTime;
  readonly attributes?: readonly { readonly name: string; readonly value: Uint8Array }[];
  readonly major?: number;
  readonly minor?: number;
  /** Of `commit`: the descriptor of `begin`, which stays the caller's. */
  readonly fd?: number;
}

export interface FolderOutcome {
  /** Why it is not there, such as `EEXIST`: something else was, and stayed; `ECANCELED`. Absent when it is there. */
  readonly error?: string;
  readonly operation?: string;
  /** With `EEXIST`, and of a directory that was there: made since the writer began. */
  readonly isOwn?: boolean;
  /** In the file, in no order: could not be read; zeros stand there. */
  readonly holes?: { readonly offset: number; readonly length: number }[];
  /** What could not be set: `owner`, `mode`, `times`, or `=` and the name of an attribute. */
  readonly lost?: string[];
  /** Of `begin`. The descriptor is the caller's to close. */
  readonly fd?: number;
  readonly temporary?: string;
}

/**
 * Makes files, directories, links and special files below one folder and nothing outside of it, whatever their paths are and whatever links stand there.
 * A file has its final name when it is whole.
 */
export class FolderWriter {
  /** @throws NativeError when the folder cannot be opened or written */
  constructor(folder: string, options: { existing: 'refuse' | 'skip' | 'overwrite'; keepsOwners: boolean });
  /** In order, on another thread. The descriptors of segments must stay open until it has settled. */
  write(entries: readonly FolderEntry[]): Promise<FolderOutcome[]>;
  /** What was not begun is not written any more, and what is being written is removed. */
  cancel(): void;
  bytesWritten(): number;
}

/** Anything that a plugin can read sectors from: a lease, a buffer in a test, a window of another source. */
export interface BlockSource {
  /** Size in bytes. */
  readonly size: number;
  /** Logical sector size in bytes: 512 or 4096. */
  readonly sectorSize: 512 | 4096;
  /**
   * The bytes of `[offset, offset + length)`, any alignment.
   * @throws InvalidInputError when the range does not lie inside the source (never a short read)
   * @throws MediaError for unreadable sectors, LeaseRevokedError, DeviceGoneError, CancelledError
   */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer>;
  /** Where it can: see {@link readInto}. */
  readInto?(offset: number, destination: Buffer, signal?: AbortSignal): Promise<void>;
}

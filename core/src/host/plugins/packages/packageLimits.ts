/** What a package may have at most; far beyond what a plugin needs, and what a machine bears. */
export interface PackageLimits {
  /** Bytes of the archive. */
  archiveBytes: number;
  /** Bytes of all files together. */
  totalBytes: number;
  /** Bytes of one file. */
  fileBytes: number;
  /** Files and folders. */
  entries: number;
  /** Folders within each other. */
  depth: number;
  /** Characters of a path. */
  pathCharacters: number;
  /** Unpacked bytes for each byte of the archive, beyond the first {@link ratioFreeBytes}. */
  ratio: number;
  ratioFreeBytes: number;
}

export const PACKAGE_LIMITS: Readonly<PackageLimits> = {
  archiveBytes: 64 * 1024 * 1024,
  totalBytes: 256 * 1024 * 1024,
  fileBytes: 64 * 1024 * 1024,
  entries: 10_000,
  depth: 32,
  pathCharacters: 512,
  ratio: 100,
  ratioFreeBytes: 4 * 1024 * 1024,
};

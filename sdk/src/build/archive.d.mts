/** A file of a package. */
export interface PackageFile {
  /** Relative to the plugin's folder, with slashes. */
  path: string;
  content: Buffer;
  executable: boolean;
}
/**
 * Makes the package of a plugin as `npm pack` would: all files below `package/`, the same bytes for the same content.
 * @throws Error for a path that is too long for an archive
 */
export function makeArchive(files: readonly PackageFile[]): Buffer;

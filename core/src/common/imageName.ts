/** Before the path of a file whose own bytes are meant, not what it holds as an image. */
const RAW_PREFIX = 'raw:';

/** What the name of a device says of an image file. */
export interface ImageName {
  path: string;
  raw: boolean;
}

/** Takes a name apart: `raw:/a/disk.qcow2` is the file's own bytes. */
export function parseImageName(name: string): ImageName {
  const raw = name.startsWith(RAW_PREFIX);
  return { raw, path: raw ? name.slice(RAW_PREFIX.length) : name };
}

export function rawName(path: string): string {
  return RAW_PREFIX + path;
}

/**
 * The file and the snapshot that a path may mean, where there is no file of the whole name: `/a/disk.qcow2@before` is the snapshot
 * `before` of `/a/disk.qcow2`. The shortest snapshot name first, since file names hold `@` as well.
 */
export function snapshotReadings(path: string): { file: string; snapshot: string }[] {
  const readings: { file: string; snapshot: string }[] = [];
  for (let at = path.lastIndexOf('@'); at > 0; at = path.lastIndexOf('@', at - 1)) {
    if (at < path.length - 1) readings.push({ file: path.slice(0, at), snapshot: path.slice(at + 1) });
  }
  return readings;
}

import { closeSync, copyFileSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { tryTool } from '@diskwright/sdk/testing';
import type { ExtImage } from './extImage';

/** A mount that leaves alone what it was not asked to write: nothing is committed in the background while a copy is made. */
const QUIET = 'loop,commit=300';

/** Does `work` in the mounted filesystem, and copies its device as it is then, as if the power had failed. @returns the copy's path; it goes with the image */
export function crashedCopy(image: ExtImage, options: string, work: (folder: string) => void): string {
  const copy = join(image.folder, 'crashed');
  image.mounted(
    (folder) => {
      work(folder);
      copyFileSync(image.path, copy);
    },
    options === '' ? QUIET : `${QUIET},${options}`,
  );
  return copy;
}

/** Writes a file and has the journal committed. */
export function writeSynced(path: string, bytes: Buffer | string): void {
  const file = openSync(path, 'w');
  try {
    writeSync(file, Buffer.from(bytes));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A copy of the image after e2fsck replayed its journal, and did nothing else. */
export function replayedByE2fsck(path: string): Buffer {
  const copy = `${path}.replayed`;
  copyFileSync(path, copy);
  const { status, output } = tryTool('e2fsck', ['-y', '-E', 'journal_only', copy]);
  if (status !== 0 && status !== 1) throw new Error(`e2fsck ended with ${status}: ${output}`);
  return readFileSync(copy);
}

import { RefusedError } from '@diskwright/sdk/errors';
import { stat } from 'node:fs/promises';
import { within } from '../../common/flow/within';
import { fileKey } from '../platform/storageStackLinux';
import { splitDeviceNumber } from '../platform/sysfsLinux';
import { hangingRequests } from './hangingRequests';

/** A filesystem that says nothing about a file for so long is taken for one that hangs. */
const PATIENCE_MILLISECONDS = 5000;

/**
 * To be awaited before a path is opened: opening a file waits for what hangs in its filesystem (FUSE, NFS), and everything else in
 * this process with it.
 * @throws RefusedError while a request that was given up is still out, or when the filesystem does not answer
 */
export async function requireAnswers(path: string): Promise<void> {
  const waiting = hangingRequests.list().filter(({ storage }) => storage.kind === 'file');
  // Not even looked at: where one file hangs the whole filesystem may, and each question keeps a thread until it is answered.
  if (waiting.some((request) => request.path === path)) throw stillHangs(path);
  const found = await within(
    PATIENCE_MILLISECONDS,
    // What cannot be found is told by whoever opens it.
    stat(path).catch(() => undefined),
    null,
  );
  if (found === null) {
    throw new RefusedError(`${path}: its filesystem has not answered for ${PATIENCE_MILLISECONDS / 1000} s`, {
      device: path,
      todo: 'See what its filesystem waits for, such as a server; then try again.',
    });
  }
  if (!found?.isFile()) return;
  const key = fileKey({ ...splitDeviceNumber(found.dev), inode: found.ino });
  if (waiting.some(({ storage }) => storage.kind === 'file' && fileKey(storage) === key)) throw stillHangs(path);
}

function stillHangs(path: string): RefusedError {
  return new RefusedError(`${path}: an earlier request still hangs`, {
    device: path,
    todo: 'See what its filesystem waits for; it can be opened again once that has answered.',
  });
}

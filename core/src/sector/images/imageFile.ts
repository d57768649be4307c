import { realpathSync } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { Magic } from '@diskwright/sdk/protocol';
import { neededRanges, type Peeked, type Piece } from '../../common/magic';
import type { OpenedNode } from '../contracts';
import type { BlockNode } from '../nodes/blockNode';
import type { DescriptorNode } from '../nodes/descriptorNode';
import { openDescriptor } from '../nodes/openDescriptor';
import { requireAnswers } from '../nodes/requireAnswers';

/** What these need of a regular file. */
export async function peekFile(path: string, magics: readonly Magic[]): Promise<Peeked> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const pieces: Piece[] = [];
    for (const { offset, length } of neededRanges(magics, size)) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      pieces.push({ offset, bytes: buffer.subarray(0, bytesRead) });
    }
    return { size, pieces };
  } finally {
    await file.close();
  }
}

/** What these need of what an image holds. */
export async function peekNode(node: BlockNode, magics: readonly Magic[], signal?: AbortSignal): Promise<Peeked> {
  const pieces: Piece[] = [];
  for (const { offset, length } of neededRanges(magics, node.size)) {
    pieces.push({ offset, bytes: await node.read(offset, length, signal) });
  }
  return { size: node.size, pieces };
}

/** A file of an image, to its last byte. The caller disposes of it. */
export async function openImageFile(path: string): Promise<OpenedNode> {
  await requireAnswers(path);
  return openDescriptor(path, 'file', { exactSize: true });
}

/**
 * Opens another file that an image names, only if it lies in a folder or below: an image comes from anywhere, and must not have any
 * file read that its maker would like to see.
 * @param image the image's path, absolute
 * @param named as the image names it: relative to its own folder, or absolute
 * @param folder that of the image which the user picked; the other one may lie below it
 * @throws RefusedError when it lies elsewhere, by its name or by symbolic links; InvalidInputError when there is none
 */
export async function openSiblingFile(image: string, named: string, folder: string): Promise<OpenedNode> {
  const path = resolve(dirname(image), named);
  const refused = (): RefusedError =>
    new RefusedError(`the image needs ${named}, which does not lie in its folder`, {
      device: image,
      todo: `For safety, an image may only use files in its own folder. Copy or move that file to ${folder}, and adapt the image's reference to it.`,
    });
  if (!isInside(folder, path)) throw refused();
  const [realFolder, realFile] = await Promise.all([realpath(folder), realpath(path)]).catch(() => {
    throw new InvalidInputError(`the image needs ${named}, which is not there`, {
      device: image,
      todo: `Put that file into ${folder}.`,
    });
  });
  if (!isInside(realFolder, realFile)) throw refused();
  const opened = await openImageFile(realFile);
  // It may have been exchanged for a link since it was looked at.
  if (isInside(realFolder, realpathSync(`/proc/self/fd/${(opened.node as DescriptorNode).descriptor}`))) return opened;
  await opened.node.dispose();
  throw refused();
}

function isInside(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

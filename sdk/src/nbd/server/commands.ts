import * as nbd from '../constants';
import { errnoOf } from './errorNumber';
import type { NbdExportOptions, WritableServedNode } from './exportDescription';
import type { ReplyWriter } from './replyWriter';
import type { NbdServerRequest } from './request';

const { Command, CommandFlag } = nbd;
/** NO_HOLE asks for storage, which only written zeros are sure to have; so many at a time. */
const ZEROS = Buffer.alloc(1024 * 1024);

/**
 * Does what a valid request asks of the node and writes its reply, which may tell of an error; `onWritten` is called when that has
 * gone out. Never rejects.
 */
export async function answer(
  request: NbdServerRequest,
  payload: Buffer | null,
  options: NbdExportOptions,
  replies: ReplyWriter,
  signal: AbortSignal,
  onWritten: () => void,
): Promise<void> {
  try {
    await execute(request, payload, options, replies, signal, onWritten);
  } catch (error) {
    const { errno, message, offset } = errnoOf(error, request);
    replies.error(request, errno, message, offset, onWritten);
  }
}

/** Answers a request that is not valid. */
export function refuse(
  request: NbdServerRequest,
  errno: number,
  revoked: boolean,
  replies: ReplyWriter,
  onWritten: () => void,
): void {
  replies.error(request, errno, revoked ? 'the lease was revoked' : 'invalid request', null, onWritten);
}

async function execute(
  request: NbdServerRequest,
  payload: Buffer | null,
  options: NbdExportOptions,
  replies: ReplyWriter,
  signal: AbortSignal,
  onWritten: () => void,
): Promise<void> {
  const { node, writable } = options;
  const { command, offset, length } = request;
  switch (command) {
    case Command.read:
      return replies.data(request, await node.read(offset, length, signal), onWritten);
    case Command.blockStatus:
      return replies.blockStatus(request, await node.extents(offset, length, signal), onWritten);
    case Command.flush:
      await writable?.flush();
      return replies.done(request, onWritten);
    case Command.cache:
      // A hint that may be ignored: the page cache below is the kernel's.
      return replies.done(request, onWritten);
    default:
      await change(request, payload, writable!, signal);
      if (request.flags & CommandFlag.fua) await writable!.flush();
      return replies.done(request, onWritten);
  }
}

async function change(
  request: NbdServerRequest,
  payload: Buffer | null,
  node: WritableServedNode,
  signal: AbortSignal,
): Promise<void> {
  const { command, offset, length, flags } = request;
  if (command === Command.write) return node.write(offset, payload!, signal);
  if (command === Command.trim) return node.discard(offset, length, signal);
  if (!(flags & CommandFlag.noHole)) return node.zero(offset, length, signal);
  for (let at = 0; at < length; at += ZEROS.length) {
    await node.write(offset + at, ZEROS.subarray(0, Math.min(ZEROS.length, length - at)), signal);
  }
}

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobRef, Plan, WriteStep } from '@diskwright/sdk/protocol';
import { writeLength } from '../../../common/plan';
import type { ByteChange } from '../../../common/workbench';

/** Steps that are shown, and bytes of each. */
const MAX_CHANGES = 512;
const MAX_BYTES = 4096;
/** Of all changes together, before and after: an answer must fit into a message. */
const MAX_TOTAL_BYTES = 128 * 1024;
const MAX_REASON_CHARACTERS = 300;

/** What is on a target now; null where it cannot be read. */
export type ReadNow = (device: string, offset: number, length: number) => Promise<Buffer | null>;

/** Every `write` step of a plan with what is there now, in the order of the steps, without fields. */
export async function byteChanges(
  plan: Plan,
  blobsFolder: string,
  read: ReadNow,
  signal?: AbortSignal,
): Promise<{ changes: ByteChange[]; truncated: boolean }> {
  const changes: ByteChange[] = [];
  let left = MAX_TOTAL_BYTES;
  for (const [index, step] of plan.steps.entries()) {
    signal?.throwIfAborted();
    if (step.kind !== 'write') continue;
    if (changes.length === MAX_CHANGES) return { changes, truncated: true };
    const length = writeLength(step.bytes);
    const shown = Math.min(length, MAX_BYTES, Math.floor(left / 2));
    left -= 2 * shown;
    const after = await firstBytes(step.bytes, blobsFolder, shown);
    const before = shown > 0 ? await read(step.target.device, step.target.offset, shown) : Buffer.alloc(0);
    changes.push({ ...placeOf(step, index, length), ...bytesOf(before, after), fields: [] });
  }
  return { changes, truncated: false };
}

function placeOf({ target, structure, reason }: WriteStep, step: number, length: number) {
  const shortReason = reason.slice(0, MAX_REASON_CHARACTERS);
  return { step, device: target.device, structure, reason: shortReason, offset: target.offset, length };
}

function bytesOf(before: Buffer | null, after: Buffer): Pick<ByteChange, 'before' | 'after' | 'unreadable'> {
  const written = after.toString('base64');
  return before ? { before: before.toString('base64'), after: written } : { before: '', after: written, unreadable: true };
}

async function firstBytes(source: string | BlobRef, blobsFolder: string, length: number): Promise<Buffer> {
  if (typeof source === 'string') return Buffer.from(source, 'base64').subarray(0, length);
  const file = await open(join(blobsFolder, source.digest), 'r');
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

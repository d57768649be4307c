import type { Change, ProposedWrite } from '../protocol/types';
import type { ChangeProposal, WriteProposal } from '../provider/index';

const INLINE_BYTES = 65536;
const INLINE_BYTES_IN_ALL = 384 * 1024;
const MAX_WRITE_BYTES = 64 * 1024 * 1024;

type PutBlob = (bytes: Buffer) => Promise<{ digest: string; bytes: number }>;

/** Proposed writes as they travel: small ones inside the message, larger ones and what would overfill it as blobs. */
export async function encodeWrites(writes: WriteProposal[], put: PutBlob): Promise<ProposedWrite[]> {
  let inline = 0;
  const encoded: ProposedWrite[] = [];
  for (const { offset, bytes, structure, reason } of writes) {
    if (bytes.length > MAX_WRITE_BYTES)
      throw new RangeError(`${structure}: ${bytes.length} bytes are too many for one proposed write`);
    const fits = bytes.length <= INLINE_BYTES && inline + bytes.length <= INLINE_BYTES_IN_ALL;
    if (fits) inline += bytes.length;
    const carried = fits ? bytes.toString('base64') : await put(bytes);
    encoded.push({ offset, bytes: carried, structure, reason });
  }
  return encoded;
}

export async function encodeChange(change: ChangeProposal, put: PutBlob): Promise<Change> {
  if ((change.writes === undefined) === (change.tool === undefined))
    throw new TypeError('a change needs either writes or a tool');
  return change.writes ? { writes: await encodeWrites(change.writes, put) } : { tool: change.tool };
}

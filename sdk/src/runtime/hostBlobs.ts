import { createHash } from 'node:crypto';
import { FailedError, InvalidInputError } from '../errors';
import { ExtentList } from '../extents/index';
import type { PluginProtocol } from '../protocol/index';
import type { BlobRef, ExtentsRef } from '../protocol/types';
import type { Peer } from '../rpc/index';
import type { DataPlane } from './dataPlane';

const MAX_BLOB_BYTES = 256 * 1024 * 1024;

/** Blobs and extent lists of the sector service, as a plugin reaches them through the host. */
export class HostBlobs {
  constructor(
    private readonly host: () => Peer<PluginProtocol>,
    private readonly dataPlane: DataPlane,
  ) {}

  async putBytes(bytes: Buffer, signal: AbortSignal): Promise<BlobRef> {
    const stored = await this.put('bytes', bytes, signal);
    return { digest: stored.digest, bytes: stored.bytes };
  }

  async putExtents(list: ExtentList, signal: AbortSignal): Promise<ExtentsRef> {
    const { digest, bytes, count, covered } = await this.put('extents', list.blob, signal);
    if (count !== list.count || covered !== list.covered)
      throw new FailedError('the sector service stored another extent list than was sent');
    return { digest, bytes, count, covered };
  }

  async getBytes(reference: BlobRef, signal: AbortSignal): Promise<Buffer> {
    if (reference.bytes > MAX_BLOB_BYTES)
      throw new InvalidInputError(`a blob of ${reference.bytes} bytes is too large to be read as a whole`);
    const { transferId } = await this.host().request('blob/get', { digest: reference.digest, bytes: reference.bytes }, signal);
    const bytes = await this.dataPlane.receiveBlob(transferId, reference.bytes, signal);
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (digest !== reference.digest) throw new InvalidInputError(`blob ${reference.digest} does not hash to its name`);
    return bytes;
  }

  async getExtents(reference: ExtentsRef, signal: AbortSignal): Promise<ExtentList> {
    return ExtentList.fromBlob(await this.getBytes(reference, signal));
  }

  private async put(kind: 'extents' | 'bytes', bytes: Buffer, signal: AbortSignal) {
    if (bytes.length > MAX_BLOB_BYTES) throw new InvalidInputError(`a blob of ${bytes.length} bytes is larger than 256 MiB`);
    const { transferId } = await this.host().request('blob/put', { kind }, signal);
    const stored = await this.dataPlane.sendBlob(transferId, bytes, signal);
    if (stored.bytes !== bytes.length)
      throw new FailedError(`of a blob of ${bytes.length} bytes the sector service stored ${stored.bytes}`);
    return stored;
  }
}

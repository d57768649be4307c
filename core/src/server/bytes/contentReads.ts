import { FailedError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { TolerantBytes } from '../../common/contents/tolerantBytes';
import { SharedTask } from '../../common/flow/sharedTask';
import type { ContentOfNode, VolumeFileService } from '../../host/volumeFiles/volumeFileService';

/** How long a read goes on for which nobody waits, but for which somebody may ask again. */
const GRACE_MILLISECONDS = 15_000;
/** Of all windows; a preview has one, and each may take 1 MiB. */
const MAXIMUM_READS = 64;

/** Reads contents of files for all windows; whoever asks again for a read that takes long joins it. */
export class ContentReads {
  private readonly reads = new Map<string, SharedTask<TolerantBytes>>();

  constructor(private readonly files: VolumeFileService) {}

  /**
   * @param patienceMilliseconds answers null when it is not read by then
   * @throws FailedError when too many reads wait already, and as `VolumeFileService.readContent`
   */
  read(file: ContentOfNode, range: ByteRange, patienceMilliseconds: number, signal: AbortSignal): Promise<TolerantBytes | null> {
    const key = JSON.stringify([file.deviceId, file.partition, file.node, file.stream, range.offset, range.length]);
    let read = this.reads.get(key);
    if (!read) {
      if (this.reads.size >= MAXIMUM_READS)
        throw new FailedError(`${MAXIMUM_READS} reads of files wait already`, { todo: 'Wait until the devices answer.' });
      read = new SharedTask((stop) => this.files.readContent(file, range, stop), {
        graceMilliseconds: GRACE_MILLISECONDS,
        onUnused: () => this.reads.delete(key),
      });
      this.reads.set(key, read);
    }
    return read.waitBriefly(patienceMilliseconds, signal);
  }

  dispose(): void {
    for (const read of this.reads.values()) read.cancel();
  }
}

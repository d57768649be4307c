import { FailedError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { sha256 } from '../../common/plan/index';
import type { JobFiles } from './jobFiles';
import { extentsName, type PreImageIndex, SEGMENT_BYTES, segmentName } from './preImages';

/** What was saved of the targets of a job, for reading. */
export class SavedPreImages {
  private constructor(
    private readonly files: JobFiles,
    private readonly index: PreImageIndex,
    private readonly lists: readonly ExtentList[],
  ) {}

  /** @param digest what the journal says of the index. @throws FailedError when they are not what was saved */
  static async open(files: JobFiles, digest: string): Promise<SavedPreImages> {
    const bytes = await files.read('preimages.index');
    if (!bytes || sha256(bytes) !== digest)
      throw new FailedError("the index of the job's pre-images is not the one that was saved");
    const index = JSON.parse(bytes.toString('utf8')) as PreImageIndex;
    const lists: ExtentList[] = [];
    for (const [number, { name, extents }] of index.devices.entries()) {
      const blob = await files.read(extentsName(number));
      if (!blob || sha256(blob) !== extents)
        throw new FailedError(`the list of what is saved of ${name} is not the one that was saved`);
      lists.push(ExtentList.fromBlob(blob));
    }
    return new SavedPreImages(files, index, lists);
  }

  /** What is saved of a device. */
  of(device: string): ExtentList {
    return this.lists[this.numberOf(device)] ?? ExtentList.fromRanges([]);
  }

  /** The files in which what is saved of a device stands, with the range of the device that each is for, ascending. */
  segmentsOf(device: string, size: number): { name: string; range: ByteRange }[] {
    const number = this.numberOf(device);
    const saved = this.of(device);
    const segments: { name: string; range: ByteRange }[] = [];
    for (let offset = 0; offset < size; offset += SEGMENT_BYTES) {
      const range = { offset, length: Math.min(SEGMENT_BYTES, size - offset) };
      if (saved.meets(range)) segments.push({ name: segmentName(number, offset / SEGMENT_BYTES), range });
    }
    return segments;
  }

  /** What is saved of a range of a device, ascending; there may be gaps. */
  async *within(device: string, range: ByteRange): AsyncGenerator<{ offset: number; bytes: Buffer }> {
    const number = this.numberOf(device);
    for (const { offset, length } of this.of(device).within(range)) {
      for (let at = offset; at < offset + length;) {
        const segment = Math.floor(at / SEGMENT_BYTES);
        const end = Math.min(offset + length, (segment + 1) * SEGMENT_BYTES);
        yield {
          offset: at,
          bytes: await this.files.readRange(segmentName(number, segment), at - segment * SEGMENT_BYTES, end - at),
        };
        at = end;
      }
    }
  }

  /** Where nothing could be read when they were saved: what stood there nobody knows. */
  unreadable(device: string): readonly ByteRange[] {
    return this.index.devices[this.numberOf(device)]?.unreadable ?? [];
  }

  private numberOf(device: string): number {
    return this.index.devices.findIndex(({ name }) => name === device);
  }
}

import { FailedError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { sha256 } from '../../common/plan/index';
import type { AppendFile, JobFiles } from './jobFiles';
import type { PreImageIndex } from './preImages';

/** The pre-images of a job, for reading. Whoever opened them closes them. */
export class SavedPreImages {
  private constructor(
    readonly index: PreImageIndex,
    private readonly file: AppendFile,
  ) {}

  /** @param digest what the journal says of the index. @throws FailedError when they are not what was saved */
  static async open(files: JobFiles, digest: string): Promise<SavedPreImages> {
    const bytes = await files.read('preimages.index');
    if (!bytes || sha256(bytes) !== digest)
      throw new FailedError("the index of the job's pre-images is not the one that was saved");
    return new SavedPreImages(JSON.parse(bytes.toString('utf8')) as PreImageIndex, await files.openAppend('preimages'));
  }

  /** What is saved of a range of a device, ascending; there may be gaps. */
  async *within(device: string, range: ByteRange): AsyncGenerator<{ offset: number; bytes: Buffer }> {
    const end = range.offset + range.length;
    for (const { offset, length, position } of this.index.devices.find(({ name }) => name === device)?.ranges ?? []) {
      const from = Math.max(offset, range.offset);
      const to = Math.min(offset + length, end);
      if (from < to) yield { offset: from, bytes: await this.file.read(position + from - offset, to - from) };
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

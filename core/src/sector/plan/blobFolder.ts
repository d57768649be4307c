import { InvalidInputError } from '@diskwright/sdk/errors';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SideFile, SideFileReader } from '../../common/plan/index';

/** Side files that lie as `folder/<digest>`. Regular files only, and no links: what is opened is what is hashed. */
export class BlobFolder implements SideFileReader {
  constructor(private readonly folder: string) {}

  async open(digest: string): Promise<SideFile> {
    const path = join(this.folder, digest);
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
      throw new InvalidInputError(`the plan's side file ${path} cannot be opened: ${error.message}`, {
        todo: 'Keep the plan and its folder of side files together.',
      });
    });
    const stats = await file.stat();
    if (!stats.isFile()) {
      await file.close();
      throw new InvalidInputError(`the plan's side file ${path} is not a regular file`);
    }
    return {
      size: stats.size,
      read: async (target, position) => (await file.read(target, 0, target.length, position)).bytesRead,
      close: () => file.close(),
    };
  }
}

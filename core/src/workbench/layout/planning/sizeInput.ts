import { InvalidInputError } from '@diskwright/sdk/errors';
import { formatSize, parseSize } from '../../../common/text/size';

/**
 * A place or size as it is typed: `10 MiB`, `20480s`, bytes, or `50%` of `whole`, rounded to a sector.
 * @returns bytes, or what is wrong with the text
 */
export function readSize(text: string, sectorSize: number, whole: number): { bytes: number } | { error: string } {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (percent) {
    const share = Number(percent[1]) / 100;
    if (share > 1) return { error: 'more than 100 %' };
    return { bytes: Math.round((share * whole) / sectorSize) * sectorSize };
  }
  try {
    return { bytes: parseSize(text, sectorSize, 'value') };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { error: 'write it as 10 MiB, 1.5 GiB, 20480s (sectors), 50% or a number of bytes' };
  }
}

/** A size so that {@link readSize} reads the same: in the largest unit that is exact, else in sectors. */
export function writeSize(bytes: number, sectorSize: number): string {
  if (bytes % (1024 * 1024) === 0 && bytes > 0) {
    const text = formatSize(bytes);
    const back = readSize(text, sectorSize, 0);
    return 'bytes' in back && back.bytes === bytes ? text : `${bytes / (1024 * 1024)} MiB`;
  }
  return bytes % sectorSize === 0 ? `${bytes / sectorSize}s` : String(bytes);
}

import { InvalidInputError } from '@diskwright/sdk/errors';
import type { SectorSize } from '@diskwright/sdk/protocol';
import { parseSize } from '../common/text/size';

/** Flags and description of the option that forces the sector size of image files. */
export const SECTOR_SIZE_OPTION = [
  '--sector-size <bytes>',
  'sector size of image files, 512 or 4096; else as their table says, or 512',
] as const;

/** The option's value. @throws InvalidInputError for a size that is neither 512 nor 4096 */
export function sectorSizeOption(text: string | undefined): SectorSize | undefined {
  if (text === undefined) return undefined;
  const size = parseSize(text, 512, '--sector-size');
  if (size === 512 || size === 4096) return size;
  throw new InvalidInputError(`--sector-size: sectors of ${size} bytes are not supported`, { todo: 'Use 512 or 4096.' });
}

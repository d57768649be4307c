import type { SectorSize } from '@diskwright/sdk/protocol';
import { plural } from '../../common/text/size';

/** In words, what is behind the last whole sector: `1 byte at its end is no whole sector of 512 bytes`. @param bytes at least 1 */
export const tailText = (bytes: number, sectorSize: SectorSize): string =>
  `${plural(bytes, 'byte')} at its end ${isOrAre(bytes)} no whole sector of ${sectorSize} bytes`;

/** {@link tailText} as a note on a device that is opened without it. */
export const tailNote = (path: string, bytes: number, sectorSize: SectorSize): string =>
  `${path}: ${tailText(bytes, sectorSize)} and ${isOrAre(bytes)} left out.`;

const isOrAre = (count: number): string => (count === 1 ? 'is' : 'are');

import { onTestFinished } from 'vitest';
import { FileSource } from '@diskwright/sdk/testing';
import { FatFilesystem } from '../fatFilesystem';
import { FatImage } from './fatImage';

/** Never aborts. */
export const signal: AbortSignal = new AbortController().signal;

/** A formatted image that is removed when the test ends. */
export function makeFat(size: number, args: string[]): FatImage {
  const image = new FatImage();
  onTestFinished(() => image.remove());
  return image.format(size, args);
}

/** Opens an image file as a volume that starts at `startOffset` of its device; closed when the test ends. */
export async function openFat(path: string, sectorSize: 512 | 4096 = 512, startOffset = 0): Promise<FatFilesystem> {
  const source = await FileSource.open(path, sectorSize);
  onTestFinished(() => source.close());
  return FatFilesystem.open(source, startOffset, signal);
}

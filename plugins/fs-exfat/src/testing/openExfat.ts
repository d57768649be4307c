import { onTestFinished } from 'vitest';
import { FileSource, toolsMissing } from '@diskwright/sdk/testing';
import { ExfatFilesystem } from '../exfatFilesystem';
import { ExfatImage, TOOLS } from './exfatImage';

/** The FUSE driver takes block devices only. */
export const cannotMount = (): boolean => toolsMissing(...TOOLS, 'mount.exfat-fuse') || process.getuid?.() !== 0;

/** Never aborts. */
export const signal: AbortSignal = new AbortController().signal;

/** A formatted image that is removed when the test ends. */
export function makeExfat(size: number, args: readonly string[] = []): ExfatImage {
  const image = new ExfatImage();
  onTestFinished(() => image.remove());
  return image.format(size, args);
}

/** Opens an image file as a volume; closed when the test ends. */
export async function openExfat(path: string, sectorSize: 512 | 4096 = 512, startOffset = 0): Promise<ExfatFilesystem> {
  const source = await FileSource.open(path, sectorSize);
  onTestFinished(() => source.close());
  return ExfatFilesystem.open(source, startOffset, signal);
}

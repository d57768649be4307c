import { onTestFinished } from 'vitest';
import type { ProviderContext } from '@diskwright/sdk';
import { FileSource } from '@diskwright/sdk/testing';
import { NtfsFilesystem } from '../ntfsFilesystem';
import { NtfsImage } from './ntfsImage';

const silent = (): void => undefined;

/** A signal that never aborts. */
export const signal: AbortSignal = new AbortController().signal;
/** The context of a provider that is called by a test. */
export const context: ProviderContext = { signal, offset: 0, log: { error: silent, warn: silent, info: silent, debug: silent } };

/** An image that goes with the test. */
export function newImage(): NtfsImage {
  const image = new NtfsImage();
  onTestFinished(() => image.remove());
  return image;
}

/** Opens an image until the test ends. */
export async function openImage({ path }: NtfsImage, sectorSize: 512 | 4096 = 512): Promise<NtfsFilesystem> {
  const source = await FileSource.open(path, sectorSize);
  onTestFinished(() => source.close());
  return NtfsFilesystem.open(source, signal);
}

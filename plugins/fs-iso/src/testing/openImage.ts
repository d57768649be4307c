import { onTestFinished } from 'vitest';
import type { Filesystem, ProviderContext } from '@diskwright/sdk';
import { FileSource } from '@diskwright/sdk/testing';
import { PageCache } from '@diskwright/sdk/block';
import { isoProvider } from '../provider';

const silent = (): void => undefined;

/** A signal that never aborts. */
export const signal: AbortSignal = new AbortController().signal;
/** The context of a provider that is called by a test. */
export const context: ProviderContext = { signal, offset: 0, log: { error: silent, warn: silent, info: silent, debug: silent } };

/** Opens an image with the provider until the test ends. */
export async function openImage(path: string, sectorSize: 512 | 4096 = 512): Promise<Filesystem> {
  const source = await FileSource.open(path, sectorSize);
  onTestFinished(() => source.close());
  return isoProvider.open(new PageCache(source), context);
}

import { onTestFinished } from 'vitest';
import type { Filesystem, ProviderContext } from '@diskwright/sdk';
import type { StructureInstance } from '@diskwright/sdk/protocol';
import { FileSource } from '@diskwright/sdk/testing';
import { extProvider } from '../provider';

const silent = (): void => undefined;

/** A signal that never aborts. */
export const signal: AbortSignal = new AbortController().signal;
/** The context of a provider that is called by a test. */
export const context: ProviderContext = { signal, offset: 0, log: { error: silent, warn: silent, info: silent, debug: silent } };

/** Opens an image with the provider until the test ends. */
export async function openImage(path: string, sectorSize: 512 | 4096 = 512): Promise<Filesystem> {
  const source = await FileSource.open(path, sectorSize);
  onTestFinished(() => source.close());
  return extProvider.open(source, context);
}

/** Probes an image. */
export async function probeImage(path: string): Promise<number> {
  const source = await FileSource.open(path);
  try {
    return await extProvider.probe(source, context);
  } finally {
    await source.close();
  }
}

/** All structures of an image, as the sector view is given them. */
export async function structuresOf(path: string): Promise<StructureInstance[]> {
  const structures: StructureInstance[] = [];
  for await (const structure of (await openImage(path)).structures(signal)) structures.push(structure);
  return structures;
}

import type { BlockSource } from '../block/index';
import { InvalidInputError } from '../errors';
import type { ContainerProvider, OpenContainer } from '../provider/index';
import { FileSource } from './fileSource';

/** A container that a test has opened; it closes it. */
export interface OpenedContainer {
  container: OpenContainer;
  close(): Promise<void>;
}

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/**
 * Opens a container with its provider as the runtime does, without host and NBD.
 * @param members paths of files, or sources of one's own; the first is the one whose container is meant
 * @throws what the provider throws; InvalidInputError when it does not take the first member for its own
 */
export async function openContainer(
  provider: ContainerProvider,
  members: readonly (string | BlockSource)[],
  secret: string | null = null,
  keyFile: Buffer | null = null,
): Promise<OpenedContainer> {
  const files: FileSource[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(files.map((file) => file.close()));
  };
  try {
    const sources: BlockSource[] = [];
    for (const member of members) {
      if (typeof member === 'string') files.push(await FileSource.open(member));
      sources.push(typeof member === 'string' ? files.at(-1)! : member);
    }
    const context = { signal: new AbortController().signal, offset: 0, log: silent, secret, keyFile };
    if ((await provider.probe(sources[0]!, context)) === 0)
      throw new InvalidInputError('it is no member of a container of this format');
    const container = await provider.open(sources, context);
    return {
      container,
      close: async () => {
        await container.close?.();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

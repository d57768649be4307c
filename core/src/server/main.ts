/** The program of the workbench server: loaded by the command line as a bundle of its own, when the workbench is wanted. */
import { join } from 'node:path';
import { toWireError, type WireError } from '@diskwright/sdk/errors';
import { createHost } from '../host/host';
import { dataFolder, ensureFolder, programFolder } from '../host/paths';
import { WorkbenchServer } from './workbenchServer';

export interface ServeOptions {
  /** 0 for one that is free. */
  port: number;
  /** Ends the server when it aborts. */
  signal: AbortSignal;
  /** The address at which the workbench can be opened: once at first, and again after each log out. */
  onAddress(url: string): void;
}

/**
 * Runs the workbench until `signal` aborts or the sector service is gone. Answers an error instead of throwing it: classes of errors are not the
 * same in two bundles.
 */
export async function serve(options: ServeOptions): Promise<WireError | null> {
  try {
    await run(options);
    return null;
  } catch (error) {
    return toWireError(error);
  }
}

async function run({ port, signal, onAddress }: ServeOptions): Promise<void> {
  const folder = ensureFolder(dataFolder());
  const host = await createHost({ dataFolder: folder });
  try {
    const server = await WorkbenchServer.listen({
      host,
      port,
      pageFolder: join(programFolder(), 'workbench'),
      onLogout: () => onAddress(server.url),
    });
    try {
      onAddress(server.url);
      await Promise.race([aborted(signal), host.sector.closed]);
    } finally {
      await server.dispose();
    }
  } finally {
    await host.dispose();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

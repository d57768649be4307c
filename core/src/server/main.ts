/** The program of the workbench server: loaded by the command line as a bundle of its own, when the workbench is wanted. */
import { join } from 'node:path';
import { PeerGoneError, toWireError, type WireError } from '@diskwright/sdk/errors';
import { createHost, type Host, type InspectedPlugin } from '../host/host';
import type { PluginChoice } from '../host/plugins';
import { dataFolder, ensureFolder, programFolder } from '../host/paths';
import { type OpenedWindow, openWindow } from './window/openWindow';
import { WorkbenchServer } from './workbenchServer';

export interface ServeOptions {
  /** 0 for one that is free. */
  port: number;
  /** Whether to open a window; the server then ends when that is closed. */
  open: boolean;
  /** Which plugins this start leaves out. */
  plugins: PluginChoice;
  inspect: InspectedPlugin | undefined;
  /** Ends the server when it aborts. */
  signal: AbortSignal;
  /** The address at which the workbench can be opened: once at first, and again after each log out. */
  onAddress(url: string): void;
  /** A sentence for the user. */
  onMessage(text: string): void;
}

/**
 * Runs the workbench until `signal` aborts or its own window is closed. Answers an error instead of throwing it: classes of errors are not the same in two
 * bundles.
 */
export async function serve(options: ServeOptions): Promise<WireError | null> {
  try {
    const folder = ensureFolder(dataFolder());
    const host = await createHost({ dataFolder: folder, plugins: options.plugins, inspect: options.inspect });
    try {
      await serveHost(host, folder, options);
      await tellRunningJobs(host, options);
    } finally {
      await host.dispose();
    }
    return null;
  } catch (error) {
    return toWireError(error);
  }
}

async function serveHost(host: Host, folder: string, options: ServeOptions): Promise<void> {
  const { port, signal, onAddress } = options;
  const server = await WorkbenchServer.listen({
    host,
    port,
    pageFolder: join(programFolder(), 'workbench'),
    onLogout: () => onAddress(server.url),
  });
  let window: OpenedWindow | null = null;
  try {
    onAddress(server.url);
    if (options.open) window = showWindow(server, folder, options);
    const lost = host.sector.closed.then(() => {
      if (!signal.aborted) throw serviceGone(folder);
    });
    await Promise.race([aborted(signal), lost, ...(window ? [closedByUser(window, options)] : [])]);
  } finally {
    await window?.dispose();
    await server.dispose();
  }
}

function showWindow(server: WorkbenchServer, folder: string, { onMessage }: ServeOptions): OpenedWindow | null {
  const target = {
    url: server.url,
    oneTimeUrl: () => server.oneTimeUrl(),
    folder: ensureFolder(folder, 'window'),
    programFolder: programFolder(),
  };
  const window = openWindow(target, process.env);
  if (typeof window !== 'string') return window;
  onMessage(`${window}\n${howToOpen(server.port)}`);
  return null;
}

/** Never resolves when the window's program failed: the workbench can still be opened by its address then. */
async function closedByUser(window: OpenedWindow, { onMessage }: ServeOptions): Promise<void> {
  const trouble = await window.closed;
  if (trouble === null) return;
  onMessage(`${trouble} The workbench goes on: open the address above in a browser.`);
  await new Promise<never>(() => undefined);
}

function howToOpen(port: number): string {
  return `Open the address above in a browser on this machine. From another one: ssh -N -L ${port}:127.0.0.1:${port} THIS-MACHINE, and the same address there.`;
}

async function tellRunningJobs(host: Host, { onMessage }: ServeOptions): Promise<void> {
  const running = (await host.jobs.list()).filter(({ state }) => state === 'running');
  for (const { id, title } of running) onMessage(`Job ${id} goes on: ${title}. See: diskwright jobs show ${id}`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function serviceGone(folder: string): PeerGoneError {
  return new PeerGoneError('the sector service ended, and the workbench with it', {
    todo: `Start it again. The reason may stand in ${join(folder, 'logs', 'sector.log')}.`,
  });
}

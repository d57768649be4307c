import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Command } from 'commander';
import { fromWireError, InvalidInputError } from '@diskwright/sdk/errors';
import { programFolder } from '../../host/paths';
import type { serve } from '../../server/main';
import type { Application } from '../application';

const MAXIMUM_PORT = 65535;

interface StartOptions {
  port?: string;
  open: boolean;
}

export function registerStart(program: Command, application: Application): void {
  program
    .command('start')
    .description('Start the workbench and open it in a window; prints its address, which opens it for whoever knows it')
    .option('--port <port>', 'the port to listen on (default: one that is free)')
    .option('--no-open', 'print the address only')
    .action(async (options: StartOptions) => {
      const port = parsePort(options.port);
      // The terminal is closed: unlike a job, the workbench has nobody left who would end it.
      const hungUp = new AbortController();
      process.once('SIGHUP', () => hungUp.abort());
      const error = await loadServer().serve({
        port,
        open: options.open,
        plugins: application.plugins,
        inspect: application.inspect,
        signal: AbortSignal.any([application.signal, hungUp.signal]),
        onAddress: (url) => {
          if (application.json) application.printJson({ url });
          else application.print(url);
        },
        onMessage: (text) => application.message(text),
      });
      if (error) throw fromWireError(error);
    });
}

/** The server is a bundle of its own, so that no other command has to load it. */
function loadServer(): { serve: typeof serve } {
  const file = join(programFolder(), 'server.cjs');
  return createRequire(file)(file) as { serve: typeof serve };
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port > 0 && port <= MAXIMUM_PORT) return port;
  throw new InvalidInputError(`--port: ${text} is no port`, {
    todo: `Give a number from 1 to ${MAXIMUM_PORT}, or leave it out.`,
  });
}

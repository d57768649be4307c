import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { InvalidInputError, PeerGoneError } from '@diskwright/sdk/errors';
import { parseWholeDevice } from '../../host/commands/deviceName';
import type { Application } from '../application';
import { openDevice } from '../openDevice';
import { SECTOR_SIZE_OPTION } from '../sectorSizeOption';

interface ExportOptions {
  socket: string;
  readOnly?: boolean;
  sectorSize?: string;
}

export function registerExport(program: Command, application: Application): void {
  program
    .command('export <device>')
    .description('Serve a device over NBD on a unix socket until Ctrl+C; read-only unless it is an overlay')
    .requiredOption('--socket <path>', 'where to make the socket; only you can connect to it')
    .option('--read-only', 'serve an overlay read-only, too')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: ExportOptions) => {
      const socketPath = resolve(options.socket);
      if (!existsSync(dirname(socketPath))) throw new InvalidInputError(`--socket: there is no folder ${dirname(socketPath)}`);
      const device = parseWholeDevice(name);
      const host = await application.host();
      const { deviceId, identity } = await openDevice(application, host, device, options);
      const writable = identity.kind === 'overlay' && !options.readOnly;
      const exportId = await host.devices.export(deviceId, socketPath, writable);
      const uri = `nbd+unix:///?socket=${encodeURIComponent(socketPath).replaceAll('%2F', '/')}`;
      if (application.json) application.printJson({ uri, writable });
      else application.print(`${uri}\nserving ${name} ${writable ? 'for reading and writing' : 'read-only'}; end with Ctrl+C`);
      await Promise.race([interruption(application.signal), host.sector.closed.then(serviceGone)]);
      await host.devices.stopExport(exportId);
      await rm(socketPath, { force: true });
    });
}

function interruption(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function serviceGone(): never {
  throw new PeerGoneError('the sector service ended, and the export with it');
}

import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Application } from '../application';
import { SECTOR_SIZE_OPTION } from '../sectorSizeOption';
import { openDevice } from './inspect';

export function registerExport(program: Command, application: Application): void {
  program
    .command('export <device>')
    .description('serve a device over NBD on a unix socket until interrupted; read-only unless it is an overlay')
    .requiredOption('--socket <path>', 'where to make the socket; only you can connect to it')
    .option('--read-only', 'serve an overlay read-only, too')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: { socket: string; readOnly?: boolean; sectorSize?: string }) => {
      const host = await application.host();
      const device = await openDevice(host, name, options);
      const socketPath = resolve(options.socket);
      const writable = device.identity.kind === 'overlay' && !options.readOnly;
      const exportId = await host.devices.export(device.deviceId, socketPath, writable);
      const uri = `nbd+unix:///?socket=${socketPath}`;
      if (application.json) application.printJson({ uri, writable });
      else application.print(`${uri}\nserving ${name} ${writable ? 'for reading and writing' : 'read-only'}; end with Ctrl+C`);
      await new Promise<void>((done) => application.signal.addEventListener('abort', () => done(), { once: true }));
      await host.devices.stopExport(exportId);
      await rm(socketPath, { force: true });
    });
}

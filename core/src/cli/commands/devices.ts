import type { Command } from 'commander';
import type { ListedDevice } from '../../common';
import type { Application } from '../application';
import { formatSize } from '../../common/text/size';
import { formatTable } from '../../host/text/table';

export function registerDevices(program: Command, application: Application): void {
  program
    .command('devices')
    .description('List disks and loop devices, with what they are known by and whether they are in use')
    .action(async () => {
      const devices = await (await application.host()).devices.list();
      if (application.json) return application.printJson(devices);
      if (devices.length === 0) return application.print('There are no disks.');
      const rows = devices.map((device) => [
        device.path,
        formatSize(device.size),
        String(device.sectorSize),
        device.model ?? '',
        device.serial ?? '',
        device.transport ?? '',
        stateText(device),
      ]);
      application.print(formatTable(['device', 'size', 'sector', 'model', 'serial', 'bus', 'state'], rows, { right: [1, 2] }));
    });
}

function stateText({ system, readOnly, mounted }: ListedDevice): string {
  const states = [system ? 'system' : '', readOnly ? 'read-only' : '', ...mounted.map((place) => `on ${place}`)];
  return states.filter(Boolean).join(', ');
}

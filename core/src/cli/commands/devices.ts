import type { Command } from 'commander';
import type { Application } from '../application';
import { formatSize } from '../text/size';
import { formatTable, printable } from '../text/table';

export function registerDevices(program: Command, application: Application): void {
  program
    .command('devices')
    .description('list disks, partitions and loop devices')
    .action(async () => {
      const devices = await (await application.host()).devices.list();
      if (application.json) return application.printJson(devices);
      const rows = devices.map((device) => [
        device.path,
        formatSize(device.size),
        String(device.sectorSize),
        printable(device.model ?? ''),
        printable(device.serial ?? ''),
        device.transport ?? '',
        [
          device.system ? 'system' : '',
          device.readOnly ? 'read-only' : '',
          ...device.mounted.map((place) => `on ${printable(place)}`),
        ]
          .filter(Boolean)
          .join(', '),
      ]);
      application.print(formatTable(['device', 'size', 'sector', 'model', 'serial', 'bus', 'state'], rows, [1, 2]));
    });
}

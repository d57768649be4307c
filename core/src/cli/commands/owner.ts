import type { Command } from 'commander';
import type { OwnerLink } from '../../common/workbench';
import { parseWholeDevice } from '../../host/commands/deviceName';
import type { Application } from '../application';
import { openDevice } from '../openDevice';
import { SECTOR_SIZE_OPTION } from '../sectorSizeOption';
import { formatTable } from '../../host/text/table';
import { parseSize } from '../../common/text/size';

/** `owner`: from a byte of a device to the partition, volume, structure and field that it belongs to. */
export function registerOwner(program: Command, application: Application): void {
  program
    .command('owner')
    .argument('<device>', 'a path, an NBD URI or the name of an overlay')
    .argument('<offset>', 'from the start of the device: 128000, 0x1F400, 2048s, 1.5GiB')
    .description('Show what a byte of a device belongs to: partition, volume, structure, field')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, offsetText: string, options: { sectorSize?: string }) => {
      const device = parseWholeDevice(name);
      const host = await application.host();
      const { deviceId, sectorSize } = await openDevice(application, host, device, options);
      const offset = parseSize(offsetText, sectorSize, 'the offset');
      const { chain } = await host.owners.chain(deviceId, offset, { signal: application.signal });
      if (application.json) application.printJson({ chain });
      else application.print(ownerText(chain));
    });
}

function ownerText(chain: OwnerLink[]): string {
  const rows = chain.map(({ layer, what, offset, length }, depth) => [
    `${'  '.repeat(depth)}${layer}`,
    what,
    String(offset),
    String(length),
  ]);
  return formatTable(['layer', 'what', 'offset', 'length'], rows, { right: [2, 3] });
}

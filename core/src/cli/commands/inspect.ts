import type { Command } from 'commander';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { OpenedDevice } from '../../common';
import type { Host } from '../../host/host';
import type { Application } from '../application';
import { SECTOR_SIZE_OPTION, sectorSizeOption } from '../sectorSizeOption';
import { parseDeviceName, parseVolumeName } from '../../host/commands/deviceName';
import { hexDump } from '../text/hexDump';
import { layoutText } from '../text/layoutText';
import { formatSize, parseSize } from '../text/size';
import { formatTable, printable } from '../text/table';

interface DeviceOptions {
  sectorSize?: string;
}

/** Opens a device by name with the `--sector-size` option. */
export function openDevice(host: Host, path: string, options: DeviceOptions): Promise<OpenedDevice> {
  return host.devices.open(path, sectorSizeOption(options.sectorSize));
}

export function registerInspect(program: Command, application: Application): void {
  program
    .command('layout <device>')
    .description('partition table, partitions, gaps, and what each holds')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: DeviceOptions) => {
      const host = await application.host();
      const { deviceId } = await openDevice(host, name, options);
      const layout = await host.layouts.read(deviceId, application.signal);
      if (application.json) application.printJson(layout);
      else application.print(layoutText(layout));
    });

  program
    .command('info <volume>')
    .description('what a volume (DEVICE#N) holds')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: DeviceOptions) => {
      const host = await application.host();
      const { device, partition } = parseVolumeName(name);
      const { deviceId } = await openDevice(host, device, options);
      const info = await host.layouts.volumeInfo({ deviceId, partition }, application.signal);
      if (application.json) return application.printJson(info);
      const { filesystem } = info;
      if (!filesystem) return application.print(`${printable(name)}: ${formatSize(info.size)}, no plugin knows what it holds`);
      const rows = [
        ['type', filesystem.type],
        ['label', printable(filesystem.label ?? '')],
        ['uuid', filesystem.uuid ?? ''],
        ['size', `${formatSize(filesystem.size)} of ${formatSize(info.size)}`],
        ['used', filesystem.used === null ? 'unknown' : formatSize(filesystem.used)],
        ['block size', String(filesystem.blockSize)],
        ['state', filesystem.clean ? 'clean' : 'not clean'],
        ['features', filesystem.features.join(' ')],
        ...filesystem.details.map(([title, value]) => [title, printable(value)]),
      ];
      for (const [title, value] of rows) if (value) application.print(`${title!.padEnd(18)} ${value}`);
    });

  program
    .command('allocation <volume>')
    .description('the extents of a volume (DEVICE#N) that its filesystem uses')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: DeviceOptions) => {
      const host = await application.host();
      const { device, partition } = parseVolumeName(name);
      const { deviceId } = await openDevice(host, device, options);
      const allocation = await host.layouts.allocation({ deviceId, partition }, application.signal);
      if (!application.json) {
        application.message(`${allocation.confidence}${allocation.reasons.map((reason) => `; ${reason}`).join('')}`);
        const rows: string[][] = [];
        for await (const page of allocation.pages)
          rows.push(...page.map(({ offset, length }) => [String(offset), String(length)]));
        return application.print(formatTable(['offset', 'length'], rows, [0, 1]));
      }
      // One document that may hold a million extents: written piece by piece.
      process.stdout.write(
        `{"confidence":${JSON.stringify(allocation.confidence)},"reasons":${JSON.stringify(allocation.reasons)},"extents":[`,
      );
      let separator = '';
      for await (const page of allocation.pages) {
        process.stdout.write(separator + page.map((extent) => JSON.stringify(extent)).join(','));
        separator = ',';
      }
      process.stdout.write(`],"bytes":${allocation.bytes}}\n`);
    });

  program
    .command('sectors <device>')
    .description('hex dump of a device (DEVICE) or volume (DEVICE#N)')
    .option('--at <offset>', 'where to start: bytes, 4K, 2048s (sectors), 0x1F400', '0')
    .option('--length <bytes>', 'how much')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: DeviceOptions & { at: string; length?: string }) => {
      const host = await application.host();
      const { device, partition, path } = parseDeviceName(name);
      if (path !== null) throw new InvalidInputError(`${name} names a file`, { todo: 'Name a device or a volume.' });
      const opened = await openDevice(host, device, options);
      const range =
        partition === null
          ? { offset: 0, length: opened.size }
          : await host.layouts.locate({ deviceId: opened.deviceId, partition }, application.signal);
      const at = parseSize(options.at, opened.sectorSize);
      if (at >= range.length) {
        throw new InvalidInputError(`${name} ends at byte ${range.length}, so there is nothing at ${at}`, { device, offset: at });
      }
      const asked = options.length === undefined ? opened.sectorSize : parseSize(options.length, opened.sectorSize);
      const length = Math.min(asked, range.length - at);
      await dump(application, host, opened, range.offset, at, length);
    });
}

const DUMP_BYTES = 65536;

async function dump(
  application: Application,
  host: Host,
  device: OpenedDevice,
  base: number,
  at: number,
  length: number,
): Promise<void> {
  if (application.json) {
    const bytes = await host.devices.peek(device.deviceId, base + at, length, application.signal);
    return application.printJson({ offset: at, length, hex: bytes.toString('hex') });
  }
  for (let done = 0; done < length; done += DUMP_BYTES) {
    application.signal.throwIfAborted();
    const piece = await host.devices.peek(
      device.deviceId,
      base + at + done,
      Math.min(DUMP_BYTES, length - done),
      application.signal,
    );
    const lines = [...hexDump(piece, at + done)];
    // The closing offset belongs to the end of the whole dump only.
    const last = done + piece.length >= length;
    process.stdout.write(`${(last ? lines : lines.slice(0, -1)).join('\n')}\n`);
  }
}

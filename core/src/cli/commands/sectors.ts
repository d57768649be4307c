import type { Command } from 'commander';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';
import { parseDeviceOrVolume } from '../../host/commands/deviceName';
import type { Host } from '../../host/host';
import type { Application } from '../application';
import { openDevice } from '../openDevice';
import { SECTOR_SIZE_OPTION } from '../sectorSizeOption';
import { HexDump } from '../text/hexDump';
import { parseSize } from '../../common/text/size';

const PIECE_BYTES = 65536;

interface SectorsOptions {
  at: string;
  length?: string;
  sectorSize?: string;
}

export function registerSectors(program: Command, application: Application): void {
  program
    .command('sectors')
    .argument('<device[#n]>', 'a device, or with #N one of its volumes')
    .description('Show sectors as a hex dump, with offsets from the start of the device or volume')
    .option('--at <offset>', 'where to start: bytes, 4K, 2048s (sectors), 0x1F400', '0')
    .option('--length <size>', 'how much; one sector unless given')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: SectorsOptions) => {
      const { device, partition } = parseDeviceOrVolume(name);
      const host = await application.host();
      const opened = await openDevice(application, host, device, options);
      const volume: ByteRange =
        partition === null
          ? { offset: 0, length: opened.size }
          : await host.layouts.locate({ deviceId: opened.deviceId, partition }, application.signal);
      await dump(application, host, opened, volume, askedRange(name, opened, volume, options));
    });
}

/** Cut at the end of the device or volume. @throws InvalidInputError for a range with nothing in it */
function askedRange(name: string, { path, sectorSize }: OpenedDevice, volume: ByteRange, options: SectorsOptions): ByteRange {
  const offset = parseSize(options.at, sectorSize, '--at');
  if (offset >= volume.length) {
    throw new InvalidInputError(`${name} ends at byte ${volume.length}, so there is nothing at ${offset}`, {
      device: path,
      offset,
    });
  }
  const length = options.length === undefined ? sectorSize : parseSize(options.length, sectorSize, '--length');
  if (length === 0) throw new InvalidInputError('--length 0 leaves nothing to show');
  return { offset, length: Math.min(length, volume.length - offset) };
}

/** Prints a range piece by piece: it may be a whole disk. */
async function dump(
  application: Application,
  host: Host,
  { deviceId }: OpenedDevice,
  volume: ByteRange,
  { offset, length }: ByteRange,
): Promise<void> {
  const { output, json, signal } = application;
  const text = new HexDump(offset);
  if (json) output.write(`{"offset":${offset},"length":${length},"hex":"`);
  for (let done = 0; done < length && !output.isClosed; done += PIECE_BYTES) {
    signal.throwIfAborted();
    const start = volume.offset + offset + done;
    const piece = await host.devices.peek(deviceId, start, Math.min(PIECE_BYTES, length - done), signal);
    if (json) output.write(piece.toString('hex'));
    else for (const line of text.lines(piece)) output.write(`${line}\n`);
  }
  output.write(json ? '"}\n' : `${text.end()}\n`);
}

import type { Command } from 'commander';
import type { FilesystemInfo } from '@diskwright/sdk/protocol';
import { parseVolumeName, parseWholeDevice } from '../../host/commands/deviceName';
import type { VolumeAllocation, VolumeInfo } from '../../host/layouts/layoutService';
import type { Application } from '../application';
import { openDevice } from '../openDevice';
import { jsonText } from '../output';
import { SECTOR_SIZE_OPTION } from '../sectorSizeOption';
import { extentHeading, extentLines } from '../text/extentLines';
import { containerText } from '../../host/text/containerText';
import { imageText } from '../../host/text/imageText';
import { layoutText } from '../../host/text/layoutText';
import { formatExactSize, formatSize } from '../../common/text/size';
import { isMembership } from '../../common/isMembership';
import { printable } from '../../common/text/printable';
import type { OpenedDevice } from '../../common';
import { formatPairs } from '../../host/text/table';

interface DeviceOptions {
  sectorSize?: string;
}

const VOLUME_HELP = 'DEVICE#N for partition N, DEVICE#0 for the whole device as one volume';

/** Commands that show what lies on a device: `layout`, `info`, `allocation`. */
export function registerInspect(program: Command, application: Application): void {
  program
    .command('layout')
    .argument('<device>', 'a path, an NBD URI or the name of an overlay')
    .description('Show the partition table, partitions and gaps of a device, and what each holds')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: DeviceOptions) => {
      const device = parseWholeDevice(name);
      const host = await application.host();
      const { deviceId, image, container } = await openDevice(application, host, device, options);
      const layout = await host.layouts.read(deviceId, application.signal);
      if (application.json) application.printJson({ ...layout, ...(image && { image }), ...(container && { in: container }) });
      else
        application.print(
          [layoutText(layout), ...(image ? [imageText(image)] : []), ...(container ? [insideText(container)] : [])].join('\n'),
        );
    });

  program
    .command('info')
    .argument('<device#n>', VOLUME_HELP)
    .description('Show what a volume holds')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: DeviceOptions) => {
      const { device, partition } = parseVolumeName(name);
      const host = await application.host();
      const { deviceId } = await openDevice(application, host, device, options);
      const info = await host.layouts.volumeInfo({ deviceId, partition }, application.signal);
      const { size, filesystem, container } = info;
      if (application.json) application.printJson({ size, filesystem, ...(container && { container }) });
      else application.print(infoText(name, info));
    });

  program
    .command('allocation')
    .argument('<device#n>', VOLUME_HELP)
    .description('Show which extents of a volume its filesystem uses, in bytes from the start of the volume')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: DeviceOptions) => {
      const { device, partition } = parseVolumeName(name);
      const host = await application.host();
      const { deviceId } = await openDevice(application, host, device, options);
      const allocation = await host.layouts.allocation({ deviceId, partition }, application.signal);
      if (application.json) await printAllocationJson(application, allocation);
      else await printAllocation(application, allocation);
    });
}

/** Of a device in a container. */
function insideText({ type, plugin, members }: NonNullable<OpenedDevice['container']>): string {
  return printable(`In a container: ${type} on ${members.join(', ')}, read by ${plugin}`);
}

function infoText(name: string, info: VolumeInfo): string {
  const { size, filesystem, container } = info;
  if (container) {
    const own = filesystem && (container.locked !== null || !isMembership(filesystem, container));
    return [...(own ? [filesystemText(filesystem, size), ''] : []), containerText(name, container)].join('\n');
  }
  if (!filesystem) return `${name}: ${formatExactSize(size)}, no plugin knows what it holds`;
  return filesystemText(filesystem, size);
}

function filesystemText(filesystem: FilesystemInfo, size: number): string {
  const known = summaryPairs(filesystem, size);
  // A provider may tell once more, in its own words, what stands above already.
  const further = filesystem.details.filter(
    ([title, value]) => !known.some(([other, told]) => other === title && told === value),
  );
  return formatPairs([...known, ...further.map(([title, value]) => [title, value] as const)]);
}

function summaryPairs(filesystem: FilesystemInfo, volumeBytes: number): [string, string][] {
  const { size } = filesystem;
  return [
    ['type', filesystem.type],
    ['label', filesystem.label ?? ''],
    ['uuid', filesystem.uuid ?? ''],
    ['size', formatExactSize(size) + (size === volumeBytes ? '' : ` in a volume of ${formatExactSize(volumeBytes)}`)],
    ['used', filesystem.used === null ? 'unknown' : formatExactSize(filesystem.used)],
    ['block size', formatSize(filesystem.blockSize)],
    ['state', filesystem.stateUnknown ? 'unknown' : filesystem.clean ? 'clean' : 'not clean'],
    ['features', filesystem.features.join(' ')],
  ];
}

/** Piece by piece, as fast as they are read: there may be millions. */
async function printAllocation(application: Application, { confidence, reasons, bytes, pages }: VolumeAllocation): Promise<void> {
  const { output } = application;
  const why = reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
  output.print(`${formatExactSize(bytes)} used, ${confidence}${why}`);
  output.write(extentHeading);
  for await (const page of pages) {
    application.signal.throwIfAborted();
    if (output.isClosed) return;
    await output.writeBytes(extentLines(page));
  }
}

/** One document, written piece by piece. */
async function printAllocationJson(
  application: Application,
  { confidence, reasons, bytes, pages }: VolumeAllocation,
): Promise<void> {
  const { output } = application;
  output.write(`{"confidence":${jsonText(confidence)},"reasons":${jsonText(reasons)},"extents":[`);
  let separator = '';
  for await (const page of pages) {
    application.signal.throwIfAborted();
    if (output.isClosed) return;
    await output.writeBytes(
      Buffer.from(separator + page.map(({ offset, length }) => `{"offset":${offset},"length":${length}}`).join(',')),
    );
    separator = ',';
  }
  output.write(`],"bytes":${bytes}}\n`);
}

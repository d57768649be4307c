import type { FilesystemInfo } from '@diskwright/sdk/protocol';
import { readBootCatalogue } from './bootEntries';
import type { NameSpace } from './files/directory';
import { longTime } from './files/times';
import { timeText } from '@diskwright/sdk/files';
import { hybridKind } from './hybrid';
import type { IsoVolume } from './volume';

const UUID_DIGITS = 16;

/** What the user is shown of a volume. @throws what `read` throws */
export async function describeVolume(volume: IsoVolume, space: NameSpace | null, signal: AbortSignal): Promise<FilesystemInfo> {
  const { primary, joliet, source } = volume;
  const boot = await readBootCatalogue(volume, signal);
  const hybrid = await hybridKind(volume, signal);
  const features: string[] = [];
  if (space?.kind === 'Rock Ridge') features.push('Rock Ridge');
  if (joliet) features.push('Joliet');
  if (boot) features.push('El Torito');
  if (hybrid) features.push('hybrid');
  const details: [string, string][] = [
    ['names', space?.kind ?? 'cannot be read'],
    ['system', text(primary.systemId)],
    ['volume set', text(primary.volumeSetId)],
    ['publisher', text(primary.publisherId)],
    ['made by', text(primary.preparerId)],
    ['application', text(primary.applicationId)],
    ['created', timeIn(primary.created)],
    ['modified', timeIn(primary.modified)],
    ['partition table', hybrid ?? ''],
  ];
  for (const { platform, media, isBootable, range } of boot?.images ?? [])
    details.push([
      'boot image',
      `${platform}, ${media}, ${range.length} bytes at ${range.offset}${isBootable ? '' : ', not to be booted'}`,
    ]);
  return {
    type: 'iso9660',
    label: joliet ? wideText(joliet.volumeId) || text(primary.volumeId) || null : text(primary.volumeId) || null,
    uuid: uuidOf(volume),
    size: Math.min(volume.size, source.size),
    used: Math.min(volume.size, source.size),
    blockSize: volume.blockSize,
    clean: true,
    sectorSize: null,
    features,
    details: details.filter(([, value]) => value !== ''),
  };
}

const text = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .replaceAll('\0', '');
const wideText = (bytes: Buffer): string =>
  Buffer.from(bytes)
    .swap16()
    .toString('utf16le')
    .replace(/[\0 ]+$/, '')
    .replaceAll('\0', '');

function timeIn(bytes: Buffer): string {
  const time = longTime(bytes);
  return time ? timeText(time) : '';
}

/** As libblkid makes it: the digits of the time of modification, else of creation. */
function uuidOf({ primary }: IsoVolume): string | null {
  for (const bytes of [primary.modified, primary.created]) {
    const digits = bytes.toString('latin1', 0, UUID_DIGITS);
    if (/^\d{16}$/.test(digits) && !/^0+$/.test(digits))
      return digits.replace(/^(.{4})(..)(..)(..)(..)(..)(..)$/, '$1-$2-$3-$4-$5-$6-$7');
  }
  return null;
}

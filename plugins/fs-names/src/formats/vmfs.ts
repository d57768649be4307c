import { bytes, field, hex32, struct, u32, u8, utf8 } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

const VOLUME_MAGIC = 0xc001d00d;
const FILESYSTEM_MAGIC = 0x2fabf15e;

const volume = struct('VMFS volume header', 'vmfs-tools, vmfs_volume.h', {
  magic: field(hex32(), '0xc001d00d'),
  version: field(u32()),
  uuid: field(bytes(16), undefined, { at: 130 }),
});

const filesystem = struct('VMFS superblock', 'vmfs-tools, vmfs_fs.h', {
  magic: field(hex32(), '0x2fabf15e'),
  volumeVersion: field(u32()),
  version: field(u8()),
  uuid: field(bytes(16)),
  mode: field(u32()),
  label: field(utf8(128)),
});

/** Four, four, two and six bytes, the first three of which are little endian numbers. */
function uuidText(raw: Buffer): string {
  const part = (from: number, to: number): string => Buffer.from(raw.subarray(from, to)).reverse().toString('hex');
  return [part(0, 4), part(4, 8), part(8, 10), raw.toString('hex', 10)].join('-');
}

export const vmfs = bySuperblock({
  type: 'VMFS',
  what: 'a VMFS filesystem',
  layout: filesystem,
  magic: 'magic',
  offsets: [2 * 1024 * 1024],
  isIts: ({ magic }) => magic === FILESYSTEM_MAGIC,
  identity: ({ uuid, label, version }) => ({ uuid: uuidText(uuid), label, details: [['version', String(version)]] }),
});

export const vmfsVolume = bySuperblock({
  type: 'VMFS_volume_member',
  what: 'a member of a VMFS volume',
  layout: volume,
  magic: 'magic',
  offsets: [1024 * 1024],
  isIts: ({ magic }) => magic === VOLUME_MAGIC,
  // It names the device, not what lies on it.
  identity: ({ uuid, version }) => ({
    details: [
      ['version', String(version)],
      ['device', uuidText(uuid)],
    ],
  }),
});

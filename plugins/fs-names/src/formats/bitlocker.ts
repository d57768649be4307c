import { ascii, field, guid, struct, u16 } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

/** Of the volumes that BitLocker To Go makes, whose boot sector is one of FAT. */
const TO_GO = '4967d63b-2e29-4ad8-8399-f6a339e3d001';

const bootSector = struct('BitLocker boot sector', 'libbde, BitLocker Drive Encryption format, Volume header', {
  oemId: field(ascii(8), '-FVE-FS-, or MSWIN4.1 for BitLocker To Go', { at: 3 }),
  sectorSize: field(u16(), 'bytes'),
  identifier: field(guid(), 'of BitLocker To Go', { at: 424 }),
});

export const bitlocker = bySuperblock({
  type: 'BitLocker',
  what: 'a volume encrypted by BitLocker',
  layout: bootSector,
  magic: 'oemId',
  offsets: [0],
  isIts: ({ oemId, identifier }) => oemId === '-FVE-FS-' || (oemId === 'MSWIN4.1' && identifier === TO_GO),
  identity: ({ oemId }) => ({ details: [['kind', oemId === 'MSWIN4.1' ? 'BitLocker To Go' : 'fixed volume']] }),
});

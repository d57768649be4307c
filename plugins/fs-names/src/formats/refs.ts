import { ascii, field, safeNumber, struct, u32, u64, u8 } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

const bootSector = struct('ReFS boot sector', 'libfsrefs, Resilient File System format, Volume header', {
  name: field(ascii(8), 'ReFS', { at: 3 }),
  sectors: field(u64(), 'of the volume', { at: 24 }),
  sectorSize: field(u32(), 'bytes'),
  clusterSectors: field(u32(), 'sectors of a cluster'),
  majorVersion: field(u8()),
  minorVersion: field(u8()),
});

/** The label lies in an object of its metadata. libblkid knows no UUID. */
export const refs = bySuperblock({
  type: 'ReFS',
  what: 'a ReFS filesystem',
  layout: bootSector,
  magic: 'name',
  offsets: [0],
  isIts: ({ name }) => name === 'ReFS',
  identity: ({ sectors, sectorSize, clusterSectors, majorVersion, minorVersion }) => ({
    size: safeNumber(sectors) * sectorSize,
    blockSize: sectorSize * clusterSectors,
    details: [['version', `${majorVersion}.${minorVersion}`]],
  }),
});

import type { BlockSource } from '@diskwright/sdk/block';
import { ascii, bytes, field, hex32, safeNumber, struct, u32, u64, utf8, uuid, type Endianness } from '@diskwright/sdk/struct';
import { bySuperblock, type Identity, type KnownFormat } from '../knownFormat';

const MAGIC = 0xa92b4efc;
const SECTOR_BYTES = 512;
const RESERVED_BYTES = 65536;

const LEVELS: Record<number, string> = { 0xffffffff: 'linear', 0xfffffffc: 'multipath', 0xfffffff6: 'container' };

const version1 = struct('md superblock, version 1', 'Linux, include/uapi/linux/raid/md_p.h, struct mdp_superblock_1', {
  magic: field(hex32(), '0xa92b4efc'),
  majorVersion: field(u32()),
  features: field(hex32()),
  setUuid: field(uuid(), undefined, { at: 16 }),
  setName: field(utf8(32)),
  created: field(u64()),
  level: field(u32()),
  layout: field(u32()),
  sectors: field(u64(), 'used of each device'),
  chunkSectors: field(u32()),
  raidDisks: field(u32()),
  superblockSector: field(u64(), 'where this superblock lies', { at: 144 }),
});

const version0 = (endianness: Endianness) =>
  struct(`md superblock, version 0.90, ${endianness} endian`, 'Linux, include/uapi/linux/raid/md_p.h, struct mdp_superblock_s', {
    magic: field(hex32(endianness), '0xa92b4efc'),
    majorVersion: field(u32(endianness), '0'),
    minorVersion: field(u32(endianness), '90'),
    patchVersion: field(u32(endianness)),
    genericWords: field(u32(endianness)),
    uuid0: field(hex32(endianness)),
    created: field(u32(endianness)),
    level: field(u32(endianness)),
    sizeKibibytes: field(u32(endianness), 'used of each device'),
    disks: field(u32(endianness)),
    raidDisks: field(u32(endianness)),
    preferredMinor: field(u32(endianness)),
    notPersistent: field(u32(endianness)),
    uuid1: field(hex32(endianness)),
    uuid2: field(hex32(endianness)),
    uuid3: field(hex32(endianness)),
    rest: field(bytes(1)),
  });

const levelText = (level: number): string => LEVELS[level] ?? `RAID${level}`;
const isMagic = (value: number): boolean => value === MAGIC;
const hex = (value: number): string => value.toString(16).padStart(8, '0');
const dashed = (digits: string): string => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** At the end of the device, at its beginning, or 4 KiB from there: versions 1.0, 1.1 and 1.2. */
function mdVersion1(): KnownFormat {
  const atPlaces = (offsets: number[]): KnownFormat =>
    bySuperblock({
      type: 'linux_raid_member',
      what: 'a member of an md array',
      layout: version1,
      magic: 'magic',
      offsets,
      isIts: ({ magic, majorVersion }) => isMagic(magic) && majorVersion === 1,
      identity({ setUuid, setName, level, raidDisks, superblockSector }, { offset }): Identity | null {
        // One that was copied along with something else lies where it does not belong.
        if (safeNumber(superblockSector) * SECTOR_BYTES !== offset) return null;
        const version = offset === 0 ? '1.1' : offset === 4096 ? '1.2' : '1.0';
        return { uuid: setUuid, label: setName, details: [...arrayWords(version, level, raidDisks)] };
      },
    });
  return {
    async find(source, signal) {
      const last = Math.floor(Math.floor(source.size / SECTOR_BYTES - 16) / 8) * 8 * SECTOR_BYTES;
      return atPlaces([0, 4096, ...(last > 4096 ? [last] : [])]).find(source, signal);
    },
  };
}

function arrayWords(version: string, level: number, disks: number): [string, string][] {
  return [
    ['version', version],
    ['level', levelText(level)],
    ['devices', String(disks)],
  ];
}

function mdVersion0(endianness: Endianness): KnownFormat {
  const at = (offset: number): KnownFormat =>
    bySuperblock({
      type: 'linux_raid_member',
      what: 'a member of an md array',
      layout: version0(endianness),
      magic: 'magic',
      offsets: [offset],
      isIts: ({ magic, majorVersion }) => isMagic(magic) && majorVersion === 0,
      identity: ({ uuid0, uuid1, uuid2, uuid3, level, raidDisks, minorVersion }) => ({
        uuid: dashed([uuid0, uuid1, uuid2, uuid3].map(hex).join('')),
        details: arrayWords(`0.${minorVersion}`, level, raidDisks),
      }),
    });
  return {
    find: (source: BlockSource, signal) => {
      const offset = Math.floor(source.size / RESERVED_BYTES) * RESERVED_BYTES - RESERVED_BYTES;
      return offset < 0 ? Promise.resolve(null) : at(offset).find(source, signal);
    },
  };
}

export const md = mdVersion1();
export const mdOld = mdVersion0('little');
export const mdOldBig = mdVersion0('big');

const intel = struct('Intel matrix storage superblock', 'mdadm, super-intel.c, struct imsm_super', {
  signature: field(ascii(24), 'Intel Raid ISM Cfg Sig.'),
  version: field(ascii(8)),
});

export const intelRaid = bySuperblock({
  type: 'isw_raid_member',
  what: 'a member of an Intel RAID',
  layout: intel,
  magic: 'signature',
  offsets: [-2 * SECTOR_BYTES],
  isIts: ({ signature }) => signature === 'Intel Raid ISM Cfg Sig. ',
  identity: ({ version }) => ({ details: [['version', version.trim()]] }),
});

const ddf = struct('DDF header', 'SNIA Common RAID Disk Data Format 2.0, 5.5', {
  signature: field(hex32('big'), '0xde11de11'),
  checksum: field(hex32('big')),
  guid: field(bytes(24)),
  version: field(ascii(8)),
});

export const ddfRaid = bySuperblock({
  type: 'ddf_raid_member',
  what: 'a member of a DDF RAID',
  layout: ddf,
  magic: 'signature',
  offsets: [-SECTOR_BYTES, -257 * SECTOR_BYTES],
  isIts: ({ signature }) => signature === 0xde11de11,
  identity: ({ guid, version }) => ({
    // libblkid takes what is printable of it.
    uuid: guid
      .toString('latin1')
      .replace(/[^ -~]/g, '')
      .trim(),
    details: [['version', version.trim()]],
  }),
});

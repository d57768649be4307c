import { gptEntry } from '../structures/gptEntry';
import { gptHeader } from '../structures/gptHeader';
import { bootSignature, extendedBootRecord, masterBootRecord } from '../structures/masterBootRecord';
import type { MbrPartitionEntry } from '../structures/mbrPartitionEntry';
import { fixChecksums } from './gptPatch';

interface Seed {
  bytes: Buffer;
  sectorSize: 512 | 4096;
}

const partition = (type: number, startLba: number, sectorCount: number): MbrPartitionEntry => {
  return { bootIndicator: 0, startChs: Buffer.alloc(3), type, endChs: Buffer.alloc(3), startLba, sectorCount };
};
const unused = partition(0, 0, 0);

function bootRecord(partitions: MbrPartitionEntry[]): Buffer {
  return masterBootRecord.encode({
    bootCode: Buffer.alloc(440),
    diskSignature: 0x12345678,
    copyProtection: 0,
    partitions,
    signature: bootSignature,
  });
}

/** A small GPT disk, made without tools so that the fuzzer runs everywhere. Other tests hold our reading against the tools. */
export function gptSeed(sectorSize: 512 | 4096, count: number, used: number, entrySize: number): Seed {
  const arraySectors = Math.ceil((count * entrySize) / sectorSize);
  const sectors = 2 * arraySectors + 3 + 64;
  const bytes = Buffer.alloc(sectors * sectorSize);
  const lastLba = sectors - 1;
  const first = 2 + arraySectors;
  bootRecord([partition(0xee, 1, lastLba), unused, unused, unused]).copy(bytes);
  for (const role of ['primary', 'backup'] as const) {
    const arrayLba = role === 'primary' ? 2 : lastLba - arraySectors;
    for (let index = 0; index < used; index++) {
      const entry = {
        typeGuid: '0fc63daf-8483-4772-8e79-3d69d8477de4',
        uniqueGuid: `00000000-0000-4000-8000-00000000000${index}`,
        firstLba: BigInt(first + index * 8),
        lastLba: BigInt(first + index * 8 + 7),
        attributes: 0n,
        name: `part ${index}`,
      };
      gptEntry.encode(entry).copy(bytes, arrayLba * sectorSize + index * entrySize);
    }
    const [myLba, alternateLba] = role === 'primary' ? [1, lastLba] : [lastLba, 1];
    const header = {
      signature: 'EFI PART',
      revision: 0x10000,
      headerSize: 92,
      headerCrc32: 0,
      reserved: 0,
      myLba: BigInt(myLba),
      alternateLba: BigInt(alternateLba),
      firstUsableLba: BigInt(first),
      lastUsableLba: BigInt(lastLba - arraySectors - 1),
      diskGuid: '11111111-2222-4333-8444-555555555555',
      partitionEntryLba: BigInt(arrayLba),
      partitionEntryCount: count,
      partitionEntrySize: entrySize,
      entryArrayCrc32: 0,
    };
    gptHeader.encode(header).copy(bytes, myLba * sectorSize);
    const image = {
      size: bytes.length,
      sectorSize,
      read: (offset: number, length: number) => Buffer.from(bytes.subarray(offset, offset + length)),
      write: (offset: number, part: Buffer) => part.copy(bytes, offset),
    };
    fixChecksums(image, role);
  }
  return { bytes, sectorSize };
}

/** A small MBR disk: a primary partition, an extended one from LBA 16 and in it five logical ones, a boot record every eight sectors. */
export function extendedMbrSeed(sectorSize: 512 | 4096): Seed {
  const bytes = Buffer.alloc(64 * sectorSize);
  bootRecord([partition(0x83, 1, 15), partition(5, 16, 40), unused, unused]).copy(bytes);
  for (let index = 0; index < 5; index++) {
    const link = index < 4 ? partition(5, (index + 1) * 8, 8) : unused;
    const partitions = [partition(0x83, 2, 6), link, unused, unused];
    extendedBootRecord
      .encode({ bootCode: Buffer.alloc(446), partitions, signature: bootSignature })
      .copy(bytes, (16 + index * 8) * sectorSize);
  }
  return { bytes, sectorSize };
}

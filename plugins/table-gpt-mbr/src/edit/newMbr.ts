import { RefusedError } from '@diskwright/sdk/errors';
import { newDiskSignature } from '../gpt/protectiveRecord';
import type { MbrTable } from '../mbr/mbrTable';
import { bootRecordSize, bootSignature, masterBootRecord } from '../structures/masterBootRecord';

/**
 * An MBR without partitions and boot code, as if it had been read from a device of this size.
 * @throws RefusedError when the device has no room for a partition
 */
export function newMbr(deviceSize: number, sectorSize: 512 | 4096): MbrTable {
  if (deviceSize < 2 * sectorSize)
    throw new RefusedError(`the device is too small for a partition table: it has ${deviceSize} bytes`);
  const blank = masterBootRecord.read(Buffer.alloc(bootRecordSize));
  const record = { ...blank, diskSignature: newDiskSignature(), signature: bootSignature };
  const sector = Buffer.alloc(sectorSize);
  masterBootRecord.encode(record).copy(sector);
  return {
    kind: 'mbr',
    sectorSize,
    deviceSize,
    bootRecord: { sector, record, valid: true },
    partitions: [],
    records: [],
    chainFindings: [],
  };
}

import { randomUUID } from 'node:crypto';
import { RefusedError } from '@diskwright/sdk/errors';
import type { BootRecord } from '../bootRecord';
import type { GptTable } from '../gpt/gptTable';
import { protectiveEntry } from '../gpt/protectiveRecord';
import { gptHeaderMinimumSize, gptSignature, type GptHeader } from '../structures/gptHeader';
import { bootRecordSize, bootSignature, masterBootRecord } from '../structures/masterBootRecord';

/** What the specification asks for at least, and what every tool makes. */
const entryCount = 128;
const entrySize = 128;

/**
 * A GPT without partitions, as if it had been read from a device of this size: 128 entries behind the header, the usable range right behind them.
 * @throws RefusedError when the device is too small for one
 */
export function newGpt(deviceSize: number, sectorSize: 512 | 4096): GptTable {
  const lastLba = Math.floor(deviceSize / sectorSize) - 1;
  const entries = Buffer.alloc(entryCount * entrySize);
  const entrySectors = entries.length / sectorSize;
  const firstUsable = 2 + entrySectors;
  const lastUsable = lastLba - entrySectors - 1;
  if (lastUsable < firstUsable) {
    const needed = (firstUsable + 1 + entrySectors + 1) * sectorSize;
    throw new RefusedError(`the device is too small for a GPT: it has ${deviceSize} bytes, ${needed} are needed`);
  }
  const header: GptHeader = {
    signature: gptSignature,
    revision: 0x10000,
    headerSize: gptHeaderMinimumSize,
    headerCrc32: 0,
    reserved: 0,
    myLba: 1n,
    alternateLba: BigInt(lastLba),
    firstUsableLba: BigInt(firstUsable),
    lastUsableLba: BigInt(lastUsable),
    diskGuid: randomUUID(),
    partitionEntryLba: 2n,
    partitionEntryCount: entryCount,
    partitionEntrySize: entrySize,
    entryArrayCrc32: 0,
  };
  const primary = { role: 'primary' as const, state: 'good' as const, lba: 1, sector: null, header, entries, findings: [] };
  return {
    kind: 'gpt',
    sectorSize,
    deviceSize,
    lastLba,
    bootRecord: protectiveRecord(lastLba, sectorSize),
    primary,
    backup: { ...primary, role: 'backup', lba: lastLba },
    active: primary,
    used: [],
  };
}

function protectiveRecord(lastLba: number, sectorSize: number): BootRecord {
  const blank = masterBootRecord.read(Buffer.alloc(bootRecordSize));
  const partitions = [protectiveEntry(lastLba), ...blank.partitions.slice(1)];
  const record = { ...blank, partitions, signature: bootSignature };
  const sector = Buffer.alloc(sectorSize);
  masterBootRecord.encode(record).copy(sector);
  return { sector, record, valid: true };
}

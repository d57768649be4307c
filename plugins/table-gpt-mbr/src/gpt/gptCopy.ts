import type { BlockSource } from '@diskwright/sdk/block';
import type { Finding } from '@diskwright/sdk/protocol';
import { crc32, safeNumber } from '@diskwright/sdk/struct';
import { FindingList } from '../findingList';
import { readSectors } from '../readSectors';
import { gptHeader, gptHeaderMinimumSize, gptSignature, type GptHeader } from '../structures/gptHeader';

/**
 * The most bytes of partition entries that are read: 32 768 entries of 128 bytes, 256 times what every tool makes. A header may claim billions.
 */
export const maximumEntryArrayBytes = 4 * 1024 * 1024;
/** The largest partition entry that is believed; the specification allows any 128 × 2^n, and nothing makes more than 128. */
const maximumEntrySize = 4096;

/**
 * How far a copy can be trusted. `good`: both checksums hold. `entriesDamaged`: the header is whole, its entries are not. `damaged`: there is a
 * header, but it cannot be relied on. `absent`: there is none.
 */
export type GptCopyState = 'good' | 'entriesDamaged' | 'damaged' | 'absent';

/** One of the two copies of a GPT, as found. */
export interface GptCopy {
  role: 'primary' | 'backup';
  state: GptCopyState;
  /** Where the header was looked for. */
  lba: number;
  /** The header's whole sector; null when it could not be read or does not exist. */
  sector: Buffer | null;
  /** Parsed, unless absent; to be relied on only in the states `good` and `entriesDamaged`. */
  header: GptHeader | null;
  /** The whole entry array, when the header is reliable and the array readable. */
  entries: Buffer | null;
  /** What is wrong with this copy taken alone. */
  findings: Finding[];
}

interface Place {
  lba: number;
  lastLba: number;
  sectorSize: number;
  sector: Buffer;
}

/** Checks without which the header cannot be used, in the order in which each relies on those before it (UEFI 2.10, 5.3.2). */
const headerChecks: readonly { code: string; field: keyof GptHeader; problem(header: GptHeader, place: Place): string | null }[] =
  [
    {
      code: 'headerSize',
      field: 'headerSize',
      problem: ({ headerSize }, { sectorSize }) =>
        headerSize >= gptHeaderMinimumSize && headerSize <= sectorSize
          ? null
          : `gives its size as ${headerSize}, which is not within ${gptHeaderMinimumSize} and ${sectorSize}`,
    },
    {
      code: 'crc',
      field: 'headerCrc32',
      problem: (header, { sector }) =>
        headerChecksum(sector, header.headerSize) === header.headerCrc32 ? null : 'has a wrong checksum',
    },
    {
      code: 'myLba',
      field: 'myLba',
      problem: ({ myLba }, { lba }) => (myLba === BigInt(lba) ? null : `says that it lies at LBA ${myLba}, but lies at ${lba}`),
    },
    {
      code: 'entrySize',
      field: 'partitionEntrySize',
      problem: ({ partitionEntrySize: size }) =>
        size >= 128 && size <= maximumEntrySize && size % 8 === 0 ? null : `gives ${size} as the size of a partition entry`,
    },
    {
      code: 'entryCount',
      field: 'partitionEntryCount',
      problem: ({ partitionEntryCount: count, partitionEntrySize: size }) =>
        count > 0 && count * size <= maximumEntryArrayBytes ? null : `claims ${count} partition entries of ${size} bytes`,
    },
    {
      code: 'entriesLba',
      field: 'partitionEntryLba',
      problem: (header, { lba, lastLba, sectorSize }) => {
        const start = safeNumber(header.partitionEntryLba);
        const end = start + Math.ceil((header.partitionEntryCount * header.partitionEntrySize) / sectorSize);
        if (end > lastLba + 1)
          return `says that its partition entries lie at LBA ${start} … ${end - 1}, beyond the last LBA ${lastLba}`;
        return start < 1 || (start <= lba && lba < end)
          ? `says that its partition entries lie at LBA ${start}, over a header`
          : null;
      },
    },
  ];

/** The checksum that a header in this sector should have. `headerSize` must not exceed the sector. */
export function headerChecksum(sector: Buffer, headerSize: number): number {
  const covered = Buffer.from(sector.subarray(0, headerSize));
  covered.fill(0, gptHeader.range('headerCrc32').offset, gptHeader.range('headerCrc32').offset + 4);
  return crc32(covered);
}

/** Bytes of the entry array that a header describes. */
export function entryArrayBytes(header: GptHeader): number {
  return header.partitionEntryCount * header.partitionEntrySize;
}

/**
 * Reads the copy whose header should lie at `lba` and judges it. What is wrong is a finding, `gpt.primary.crc` and the like.
 * @throws what the source throws, other than for unreadable sectors
 */
export async function readGptCopy(
  source: BlockSource,
  sectorSize: number,
  role: GptCopy['role'],
  lba: number,
  signal: AbortSignal,
): Promise<GptCopy> {
  const copy: GptCopy = { role, state: 'absent', lba, sector: null, header: null, entries: null, findings: [] };
  const lastLba = Math.floor(source.size / sectorSize) - 1;
  if (lba < 1 || lba > lastLba) return copy;
  const findings = new FindingList();
  copy.findings = findings.list;
  const at = lba * sectorSize;
  const name = `the ${role} GPT header at LBA ${lba}`;
  copy.sector = await readSectors(source, at, sectorSize, signal);
  if (copy.sector === null) {
    findings.error(`gpt.${role}.unreadable`, `${name} cannot be read`, [{ offset: at, length: sectorSize }]);
    return copy;
  }
  const header = gptHeader.read(copy.sector);
  if (header.signature !== gptSignature) return copy;
  copy.header = header;
  copy.state = 'damaged';
  for (const { code, field, problem } of headerChecks) {
    const wrong = problem(header, { lba, lastLba, sectorSize, sector: copy.sector });
    if (wrong === null) continue;
    const { offset, length } = gptHeader.range(field);
    findings.error(`gpt.${role}.${code}`, `${name} ${wrong}`, [{ offset: at + offset, length }]);
    return copy;
  }
  await readEntries(source, sectorSize, copy, header, findings, signal);
  return copy;
}

async function readEntries(
  source: BlockSource,
  sectorSize: number,
  copy: GptCopy,
  header: GptHeader,
  findings: FindingList,
  signal: AbortSignal,
): Promise<void> {
  const range = { offset: safeNumber(header.partitionEntryLba) * sectorSize, length: entryArrayBytes(header) };
  copy.state = 'entriesDamaged';
  copy.entries = await readSectors(source, range.offset, range.length, signal);
  if (copy.entries === null) {
    findings.error(`gpt.${copy.role}.entries.unreadable`, `the partition entries of the ${copy.role} GPT cannot be read`, [
      range,
    ]);
  } else if (crc32(copy.entries) !== header.entryArrayCrc32) {
    findings.error(`gpt.${copy.role}.entries.crc`, `the partition entries of the ${copy.role} GPT have a wrong checksum`, [
      range,
    ]);
  } else {
    copy.state = 'good';
  }
}

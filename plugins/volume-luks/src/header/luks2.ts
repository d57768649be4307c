import { createHash } from 'node:crypto';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { findHash } from '../keys/hashes';
import { damaged, type LuksHeader } from './luksHeader';
import { parseMetadata } from './metadata';
import { header2, Magic, MAGIC_BYTES } from './structures';

/** Of the binary part; the JSON area is the rest. */
const BINARY_BYTES = 4096;
/** A header with its JSON area has one of these sizes, and the second one follows the first. */
const HEADER_BYTES = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map((kibibytes) => kibibytes * 1024);

type Fields = ReturnType<typeof header2.read>;

/** One of the two headers, whole by its checksum. */
interface HeaderCopy {
  fields: Fields;
  /** Where it stands. */
  offset: number;
  json: string;
}

/** Whether a second header is there that is whole, wherever it may stand. */
export async function hasSecondHeader(member: BlockSource, signal: AbortSignal): Promise<boolean> {
  return (await findSecond(member, HEADER_BYTES, signal)) !== null;
}

/** By the newer of the two headers that makes sense. @throws DamagedStructureError, NotSupportedError */
export async function readLuks2(member: BlockSource, signal: AbortSignal): Promise<LuksHeader> {
  const first = await readCopy(member, 0, signal);
  const second = await findSecond(member, first ? [safeNumber(first.fields.headerBytes)] : HEADER_BYTES, signal);
  const copies = [first, second].filter((copy) => copy !== null);
  // Stable: of two that are alike the first is taken.
  copies.sort((a, b) => Number(b.fields.sequence > a.fields.sequence) - Number(b.fields.sequence < a.fields.sequence));
  let problem: DamagedStructureError | null = null;
  for (const copy of copies) {
    const other = copy === first ? second : first;
    try {
      return withWarning(readMetadata(copy, member.size), copy, other, problem !== null);
    } catch (error) {
      if (!(error instanceof DamagedStructureError)) throw error;
      problem ??= error;
    }
  }
  throw problem ?? damaged('neither of its two copies is whole');
}

function readMetadata({ fields, json }: HeaderCopy, volumeSize: number): LuksHeader {
  const { label, uuid } = fields;
  const metadata = parseMetadata(json, 2 * safeNumber(fields.headerBytes), volumeSize);
  return { version: 2, label: label === '' ? null : label, uuid: uuid === '' ? null : uuid, ...metadata };
}

function withWarning(header: LuksHeader, used: HeaderCopy, other: HeaderCopy | null, otherIsSenseless: boolean): LuksHeader {
  const [name, which] = used.offset === 0 ? ['second', 'first'] : ['first', 'second'];
  const problem =
    other === null || otherIsSenseless
      ? 'is damaged'
      : other.fields.sequence !== used.fields.sequence
        ? 'is older: a change of the keys was cut short'
        : null;
  if (problem === null) return header;
  const warning = `The ${name} of the two LUKS headers ${problem}. The ${which} one, at byte ${used.offset}, is used; "cryptsetup repair" mends the other.`;
  return { ...header, warnings: [warning, ...header.warnings] };
}

async function findSecond(member: BlockSource, offsets: readonly number[], signal: AbortSignal): Promise<HeaderCopy | null> {
  for (const offset of offsets) {
    const copy = await readCopy(member, offset, signal);
    if (copy) return copy;
  }
  return null;
}

/** Null when there is none, or it is not whole. */
async function readCopy(member: BlockSource, offset: number, signal: AbortSignal): Promise<HeaderCopy | null> {
  if (offset > member.size - BINARY_BYTES) return null;
  const binary = await member.read(offset, BINARY_BYTES, signal);
  if (binary.toString('hex', 0, MAGIC_BYTES) !== (offset === 0 ? Magic.first : Magic.second)) return null;
  const fields = header2.read(binary);
  const length = safeNumber(fields.headerBytes);
  if (fields.version !== 2 || fields.headerOffset !== BigInt(offset) || !HEADER_BYTES.includes(length)) return null;
  if ((offset !== 0 && offset !== length) || offset > member.size - length) return null;
  const whole = await member.read(offset, length, signal);
  if (!isWhole(whole, fields)) return null;
  const area = whole.subarray(BINARY_BYTES);
  const end = area.indexOf(0);
  return { fields, offset, json: area.toString('utf8', 0, end < 0 ? area.length : end) };
}

/** Of the header with its JSON area, the checksum's own bytes as zeros. */
function isWhole(header: Buffer, { checksumAlgorithm, checksum }: Fields): boolean {
  const hash = findHash(checksumAlgorithm);
  if (!hash) return false;
  const { offset, length } = header2.range('checksum');
  const sum = createHash(hash)
    .update(header.subarray(0, offset))
    .update(Buffer.alloc(length))
    .update(header.subarray(offset + length))
    .digest();
  return checksum.subarray(0, sum.length).equals(sum);
}

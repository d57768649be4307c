/**
 * The box, a container of one or several members that only tests know: a header in each (`TOYBOX01`, id, index, count, a check of the passphrase), and the
 * bytes of the devices behind it, those of all members one after the other, XORed with a digest of the passphrase where there is one.
 */
import { createHash } from 'node:crypto';

const MAGIC = Buffer.from('TOYBOX01');
/** Where a member's part of the devices begins. */
export const BODY_OFFSET = 4096;

export interface MemberHeader {
  id: string;
  index: number;
  count: number;
  /** Tells a right passphrase from a wrong one; null of a box without. */
  check: string | null;
}

/** What is done with the bytes of a box. */
export function cipher(secret: string | null): { check: string | null; apply(bytes: Buffer, offset: number): Buffer } {
  if (secret === null) return { check: null, apply: (bytes) => bytes };
  const key = createHash('sha256').update(secret).digest();
  return {
    check: createHash('sha256').update(key).digest('hex').slice(0, 16),
    apply: (bytes, offset) => Buffer.from(bytes.map((byte, at) => byte ^ key[(offset + at) % key.length]!)),
  };
}

/** Null where no box begins. */
export function readHeader(bytes: Buffer): MemberHeader | null {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const check = bytes.subarray(32, 40).toString('hex');
  return {
    id: bytes.subarray(8, 16).toString('hex'),
    index: bytes[16]!,
    count: bytes[17]!,
    check: /^0+$/.test(check) ? null : check,
  };
}

/** The members of a box that holds `content`, in parts of the same size. */
export function boxMembers(content: Buffer, count: number, secret: string | null = null, id = '00112233445566aa'): Buffer[] {
  const { check, apply } = cipher(secret);
  const length = content.length / count;
  return Array.from({ length: count }, (_, index) => {
    const header = Buffer.alloc(BODY_OFFSET);
    MAGIC.copy(header);
    Buffer.from(id, 'hex').copy(header, 8);
    header.set([index, count], 16);
    if (check !== null) Buffer.from(check, 'hex').copy(header, 32);
    return Buffer.concat([header, apply(content.subarray(index * length, (index + 1) * length), 0)]);
  });
}

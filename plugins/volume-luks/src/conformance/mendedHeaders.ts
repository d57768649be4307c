import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type FilePatch, type FileRange, memberFields } from '@diskwright/sdk/testing';
import { header1, header2, keySlot1 } from '../header/structures';
import { HEADER_BYTES } from '../testing/rewriteMetadata';

const JSON_AT = 4096;
/** Values of the JSON area are damaged piece by piece. */
const JSON_PIECE_BYTES = 8;
const FEW_ROUNDS = 1000;
/** As many make a key in a fraction of a second. */
const MOST_ROUNDS = 100_000;
const ROUNDS_OF_SLOT = keySlot1.range('iterations').offset;
const ROUNDS_OF_DIGEST = header1.range('digestIterations').offset;
const SLOTS = header1.range('keySlots');

/** Of version 1 the header, of version 2 both headers and what there is of JSON. */
export function headerFields(paths: readonly string[]): FileRange[] {
  const bytes = readFileSync(paths[0]!);
  if (bytes.readUInt16BE(header1.range('version').offset) === 1) return memberFields(paths, 0, header1, 0);
  return [0, HEADER_BYTES].flatMap((header) => {
    const fields = memberFields(paths, 0, header2, header);
    const end = bytes.indexOf(0, header + JSON_AT);
    for (let offset = header + JSON_AT; offset + JSON_PIECE_BYTES <= end; offset += JSON_PIECE_BYTES)
      fields.push({ file: 0, offset, length: JSON_PIECE_BYTES });
    return fields;
  });
}

/** So few rounds of key derivation that only a bug could keep it busy, and the right checksums of both headers of version 2 where they are wanted. */
export function mendedHeaders(path: string, checksums: boolean): FilePatch[] {
  const bytes = readFileSync(path);
  const patches: FilePatch[] = [];
  const patch = (offset: number, changed: Buffer): void => {
    changed.copy(bytes, offset);
    patches.push({ file: 0, offset, bytes: changed });
  };
  for (const offset of [ROUNDS_OF_DIGEST, ...slotOffsets().map((slot) => slot + ROUNDS_OF_SLOT)]) {
    if (bytes.readUInt16BE(header1.range('version').offset) !== 1 || bytes.readUInt32BE(offset) <= MOST_ROUNDS) continue;
    const rounds = Buffer.alloc(4);
    rounds.writeUInt32BE(FEW_ROUNDS);
    patch(offset, rounds);
  }
  for (const header of [0, HEADER_BYTES]) {
    const json = bytes.toString('latin1', header + JSON_AT, header + HEADER_BYTES);
    for (const { index, 0: found } of json.matchAll(/(?<=:)\d{6,}/g))
      patch(header + JSON_AT + index, Buffer.from(String(FEW_ROUNDS).padEnd(found.length), 'latin1'));
    const { offset, length } = header2.range('checksum');
    if (!checksums || bytes.length < header + HEADER_BYTES) continue;
    const summed = Buffer.from(bytes.subarray(header, header + HEADER_BYTES)).fill(0, offset, offset + length);
    if (bytes.readUInt16BE(header1.range('version').offset) === 2)
      patch(header + offset, createHash('sha256').update(summed).digest());
  }
  return patches;
}

function slotOffsets(): number[] {
  const count = SLOTS.length / keySlot1.size;
  return Array.from({ length: count }, (_, index) => SLOTS.offset + index * keySlot1.size);
}

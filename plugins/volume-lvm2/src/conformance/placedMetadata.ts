import { readFileSync } from 'node:fs';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { type FilePatch, leafFields } from '@diskwright/sdk/testing';
import { lvmChecksum } from '../checksum';
import {
  AREA_CHECKED_FROM,
  AREA_MAGIC,
  LABEL_CHECKED_FROM,
  labelHeader,
  metadataAreaHeader,
  physicalVolumeHeader,
  SECTOR_BYTES,
  textPlace,
} from '../structures';

const LABEL_SECTORS = 4;
const LABEL_ID = Buffer.from('LABELONE');
const MAGIC_AT = metadataAreaHeader.range('magic').offset;
/** Values of the text are damaged piece by piece. */
const TEXT_PIECE_BYTES = 8;

interface Places {
  /** Where labels begin. */
  labels: number[];
  /** Where metadata areas begin. */
  areas: number[];
}

/** By their marks. */
function placesOf(bytes: Buffer): Places {
  const sectors = Array.from({ length: LABEL_SECTORS }, (_, index) => index * SECTOR_BYTES);
  const labels = sectors.filter((offset) => bytes.indexOf(LABEL_ID, offset) === offset);
  const areas: number[] = [];
  const magic = Buffer.from(AREA_MAGIC);
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1))
    if ((at - MAGIC_AT) % SECTOR_BYTES === 0) areas.push(at - MAGIC_AT);
  return { labels, areas };
}

/** The text of an area, where it lies in one piece inside. */
function textOf(bytes: Buffer, area: number): ByteRange | null {
  const { offset, size } = textPlace.read(bytes, area + metadataAreaHeader.size);
  const [start, length] = [area + Number(offset), Number(size)];
  return offset > 0n && length > 0 && start + length <= bytes.length ? { offset: start, length } : null;
}

/** The fields of labels, headers and places, and pieces of the texts. */
export function metadataFields(path: string): ByteRange[] {
  const bytes = readFileSync(path);
  const { labels, areas } = placesOf(bytes);
  const fields = labels.flatMap((at) => {
    const header = at + labelHeader.size;
    return leafFields([...labelHeader.describe(bytes, at, at), ...physicalVolumeHeader.describe(bytes, header, header)]);
  });
  for (const area of areas) {
    const place = area + metadataAreaHeader.size;
    fields.push(...leafFields([...metadataAreaHeader.describe(bytes, area, area), ...textPlace.describe(bytes, place, place)]));
    const text = textOf(bytes, area);
    for (let at = 0; text && at + TEXT_PIECE_BYTES <= text.length; at += TEXT_PIECE_BYTES)
      fields.push({ offset: text.offset + at, length: TEXT_PIECE_BYTES });
  }
  return fields;
}

/** The right checksums of what is still there. */
export function metadataSums(path: string, file: number): FilePatch[] {
  const bytes = readFileSync(path);
  const { labels, areas } = placesOf(bytes);
  const patches: FilePatch[] = [];
  const put = (at: number, from: number, end: number): void => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(lvmChecksum(bytes.subarray(from, end)));
    sum.copy(bytes, at);
    patches.push({ file, offset: at, bytes: sum });
  };
  for (const at of labels) put(at + labelHeader.range('checksum').offset, at + LABEL_CHECKED_FROM, at + SECTOR_BYTES);
  for (const area of areas) {
    const text = textOf(bytes, area);
    if (text) put(area + metadataAreaHeader.size + textPlace.range('checksum').offset, text.offset, text.offset + text.length);
    put(area + metadataAreaHeader.range('checksum').offset, area + AREA_CHECKED_FROM, area + SECTOR_BYTES);
  }
  return patches;
}

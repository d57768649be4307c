import { fileRecordHeader, residentAttribute, volumeInformation } from './structures/fileRecord';

const VOLUME_NAME = 0x60;
const VOLUME_INFORMATION = 0x70;
const END = 0xffff_ffff;
/** An update sequence guards pieces of this length. */
const GUARDED_BYTES = 512;
const DIRTY = 1;

/** What the file $Volume says; null where it does not, or is damaged. */
export interface VolumeFile {
  label: string | null;
  dirty: boolean | null;
}

/**
 * Puts the last two bytes of each guarded piece back, as they were before the record was written (ntfs-3g, libntfs-3g/mst.c). Null when a piece bears
 * another sequence number: it was torn while being written.
 */
function withoutFixups(record: Buffer): Buffer | null {
  const { fixupOffset, fixupCount } = fileRecordHeader.read(record);
  if (fixupCount !== record.length / GUARDED_BYTES + 1 || fixupOffset + fixupCount * 2 > GUARDED_BYTES - 2) return null;
  const result = Buffer.from(record);
  const sequence = record.readUInt16LE(fixupOffset);
  for (let piece = 1; piece < fixupCount; piece++) {
    const end = piece * GUARDED_BYTES - 2;
    if (record.readUInt16LE(end) !== sequence) return null;
    record.copy(result, end, fixupOffset + piece * 2, fixupOffset + piece * 2 + 2);
  }
  return result;
}

/** Reads the record of $Volume as it lies on disk. */
export function readVolumeFile(record: Buffer): VolumeFile {
  const result: VolumeFile = { label: null, dirty: null };
  const bytes = withoutFixups(record);
  if (bytes === null) return result;
  let at = fileRecordHeader.read(bytes).firstAttribute;
  while (at <= bytes.length - residentAttribute.size) {
    const attribute = residentAttribute.read(bytes, at);
    if (attribute.type === END || attribute.length < residentAttribute.size) return result;
    const start = at + attribute.valueOffset;
    const end = start + attribute.valueLength;
    const isResident = attribute.nonResident === 0 && end <= bytes.length;
    if (isResident && attribute.type === VOLUME_NAME && end > start) {
      result.label = bytes.toString('utf16le', start, end - (attribute.valueLength % 2));
    }
    if (isResident && attribute.type === VOLUME_INFORMATION && attribute.valueLength >= volumeInformation.size) {
      result.dirty = (volumeInformation.read(bytes, start).flags & DIRTY) !== 0;
    }
    at += attribute.length;
  }
  return result;
}

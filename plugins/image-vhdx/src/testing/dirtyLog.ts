import { checksum } from '../checksum';
import { logDescriptor, logEntry } from '../structures';
import { FileLayout } from './fileLayout';

const SECTOR = 4096;
const LOG_ID = '0f1e2d3c-4b5a-4968-8776-655443322110';

/** What an entry changes: a sector of the file, or zeros. */
export interface Change {
  offset: number;
  /** 4096 bytes, or how many zeros. */
  to: Buffer | number;
}

/**
 * The image as a program leaves it that was stopped after it wrote its log, and before it made the changes. By the specification ([MS-VHDX] 2.3); QEMU
 * replays such logs, and leaves none.
 * @param entries the changes of each entry, the oldest first
 * @param start where in the log the first begins, bytes
 */
export function withLog(image: Buffer, entries: readonly Change[][], start = 0): Buffer {
  const file = new FileLayout(Buffer.from(image));
  const { logOffset, logBytes } = file.header;
  let at = start;
  entries.forEach((changes, index) => {
    const entry = entryOf(changes, BigInt(index + 7), start, image.length);
    for (let done = 0; done < entry.length; done += SECTOR) {
      entry.copy(file.bytes, Number(logOffset) + ((at + done) % logBytes), done, done + SECTOR);
    }
    at = (at + entry.length) % logBytes;
  });
  file.setHeader({ logId: LOG_ID });
  return file.bytes;
}

function entryOf(changes: readonly Change[], sequence: bigint, tail: number, fileBytes: number): Buffer {
  const head = Buffer.alloc(Math.ceil((logEntry.size + changes.length * logDescriptor.size) / SECTOR) * SECTOR);
  const sectors: Buffer[] = [];
  changes.forEach(({ offset, to }, index) => {
    const isData = typeof to !== 'number';
    const fields = {
      signature: isData ? 'desc' : 'zero',
      trailing: isData ? to.readUInt32LE(SECTOR - 4) : 0,
      leading: isData ? to.readBigUInt64LE(0) : BigInt(to),
      offset: BigInt(offset),
      sequence,
    };
    logDescriptor.encode(fields).copy(head, logEntry.size + index * logDescriptor.size);
    if (isData) sectors.push(dataSector(to, sequence));
  });
  const entry = Buffer.concat([head, ...sectors]);
  const fields = {
    signature: 'loge',
    checksum: 0,
    length: entry.length,
    tail,
    sequence,
    descriptors: changes.length,
    reserved: 0,
    logId: LOG_ID,
    flushedFileBytes: BigInt(fileBytes),
    lastFileBytes: BigInt(fileBytes),
  };
  logEntry.encode(fields).copy(entry);
  entry.writeUInt32LE(checksum(entry), 4);
  return entry;
}

function dataSector(content: Buffer, sequence: bigint): Buffer {
  const sector = Buffer.from(content);
  sector.write('data', 0, 'latin1');
  sector.writeUInt32LE(Number(sequence >> 32n), 4);
  sector.writeUInt32LE(Number(sequence & 0xffff_ffffn), SECTOR - 4);
  return sector;
}

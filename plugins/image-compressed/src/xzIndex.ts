import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { crc32 } from '@diskwright/sdk/struct';

const HEADER_BYTES = 12;
const FOOTER_BYTES = 12;
/** That of a million blocks has some MiB. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

/** What an xz stream holds, by its index: The .xz File Format 1.2, 2.1.2 and 4. */
export async function xzSize(file: BlockSource, signal: AbortSignal): Promise<number> {
  const end = await endOfStream(file, signal);
  const footer = await file.read(end - FOOTER_BYTES, FOOTER_BYTES, signal);
  if (footer.toString('latin1', 10) !== 'YZ' || footer.readUInt32LE(0) !== crc32(footer.subarray(4, 10)))
    throw damaged('its end is missing: the file may have been copied only in part');
  const indexBytes = (footer.readUInt32LE(4) + 1) * 4;
  if (indexBytes > MAX_INDEX_BYTES || indexBytes > end - FOOTER_BYTES - HEADER_BYTES)
    throw damaged(`its index would have ${indexBytes} bytes`);
  const index = await file.read(end - FOOTER_BYTES - indexBytes, indexBytes, signal);
  if (index[0] !== 0 || index.readUInt32LE(indexBytes - 4) !== crc32(index.subarray(0, -4)))
    throw damaged('its index is not whole');
  const { stored, held } = sums(index);
  if (HEADER_BYTES + stored + indexBytes + FOOTER_BYTES !== end) {
    throw new NotSupportedError('the file holds several xz streams, one behind the other', {
      todo: 'Make one of them: xz -dc FILE | xz -c > OTHER.',
    });
  }
  return held;
}

/** Zeros may follow a stream, four at a time. */
async function endOfStream(file: BlockSource, signal: AbortSignal): Promise<number> {
  const tail = await file.read(Math.max(0, file.size - 4096), Math.min(4096, file.size), signal);
  let length = tail.length;
  while (length >= 4 && tail.readUInt32LE(length - 4) === 0) length -= 4;
  const end = file.size - tail.length + length;
  if (end < HEADER_BYTES + FOOTER_BYTES) throw damaged('its end is missing');
  return end;
}

function sums(index: Buffer): { stored: number; held: number } {
  let at = 1;
  const number = (): number => {
    let value = 0;
    for (let power = 1; ; power *= 128) {
      const byte = index[at++];
      if (byte === undefined || power > 2 ** 56) throw damaged('its index makes no sense');
      value += (byte & 0x7f) * power;
      if (byte < 0x80) return value;
    }
  };
  let [stored, held] = [0, 0];
  for (let blocks = number(); blocks > 0; blocks--) {
    stored += Math.ceil(number() / 4) * 4;
    held += number();
  }
  if (!Number.isSafeInteger(held)) throw damaged(`it would hold ${held} bytes`);
  return { stored, held };
}

function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('xz stream', `the xz file is damaged: ${what}`);
}

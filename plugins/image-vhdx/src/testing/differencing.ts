import { Id, locatorEntry, parentLocator } from '../structures';
import { FileLayout } from './fileLayout';

const MIB = 1024 * 1024;
const PARTLY = 7;
const PRESENT = 6;
const HAS_PARENT = 2;

/**
 * Makes a differencing disk of a dynamic one with blocks of 1 MiB and sectors of 512 bytes: its allocated blocks have only the sectors of their own that
 * `isOwn` tells. By the specification ([MS-VHDX] 2.5 and 2.6.2.6), since no tool here writes these.
 */
export function differencing(
  image: Buffer,
  parent: { dataWriteId: string; path: string },
  isOwn: (sector: number) => boolean,
): Buffer {
  const file = new FileLayout(Buffer.from(image));
  const parameters = file.item(Id.fileParameters);
  file.bytes.writeUInt32LE(file.bytes.readUInt32LE(parameters + 4) | HAS_PARENT, parameters + 4);
  file.addItem(
    Id.parentLocator,
    locator([
      ['parent_linkage', `{${parent.dataWriteId.toUpperCase()}}`],
      ['relative_path', parent.path],
      ['absolute_win32_path', `C:\\disks\\${parent.path}`],
    ]),
  );
  const size = Number(file.bytes.readBigUInt64LE(file.item(Id.diskSize)));
  const blocks = Math.ceil(size / MIB);
  const bits = Buffer.alloc(MIB);
  for (let sector = 0; sector < size / 512; sector++) if (isOwn(sector)) bits[sector >> 3]! |= 1 << (sector & 7);
  for (let block = 0; block < blocks; block++) {
    const at = file.blockTableAt + block * 8;
    if ((file.bytes[at]! & 7) === PRESENT) file.bytes[at] = (file.bytes[at]! & ~7) | PARTLY;
  }
  const bitsAt = file.append(bits);
  // Behind the entries of all blocks that one block of bits is for.
  const blocksPerChunk = (2 ** 23 * 512) / MIB;
  file.bytes.writeBigUInt64LE(BigInt(bitsAt) | BigInt(PRESENT), file.blockTableAt + blocksPerChunk * 8);
  return file.bytes;
}

function locator(named: [string, string][]): Buffer {
  const head = parentLocator.size + named.length * locatorEntry.size;
  const parts: Buffer[] = [Buffer.alloc(head)];
  parentLocator.encode({ type: Id.vhdxParent, reserved: 0, entries: named.length }).copy(parts[0]!);
  let end = head;
  named.forEach((pair, index) => {
    const [key, value] = pair.map((text) => Buffer.from(text, 'utf16le')) as [Buffer, Buffer];
    const entry = { keyOffset: end, valueOffset: end + key.length, keyBytes: key.length, valueBytes: value.length };
    locatorEntry.encode(entry).copy(parts[0]!, parentLocator.size + index * locatorEntry.size);
    parts.push(key, value);
    end += key.length + value.length;
  });
  return Buffer.concat(parts);
}

import { checksum } from '../header';
import { dynamicHeader, footer, LOCATORS_AT, parentLocator } from '../structures';

const SECTOR_BYTES = 512;
const BLOCK_BYTES = 2 * 1024 * 1024;
const HEADER_AT = 512;
const TABLE_AT = 1536;
const LOCATOR_AT = 2048;
const BLOCK_AT = 2560;

/**
 * A differencing VHD over a parent, with a few sectors of its own within one block. Made by the specification (Microsoft, Virtual Hard Disk Image Format
 * Specification 1.0), since no tool here writes them.
 * @param parent the parent's file
 */
export function differencing(parent: Buffer, parentName: string, own: { sector: number; bytes: Buffer }): Buffer {
  const parentFooter = parent.subarray(-footer.size);
  const of = footer.read(parentFooter);
  const entries = Math.ceil(Number(of.size) / BLOCK_BYTES);
  const end = footer.encode(
    { ...of, type: 4, headerOffset: BigInt(HEADER_AT), id: '6f1c1d6e-0c1e-4a46-9a55-3d0c8f2f1a11', checksum: 0 },
    parentFooter,
  );
  end.writeUInt32BE(checksum(end, 64), 64);
  const name = Buffer.alloc(512);
  Buffer.from(parentName, 'utf16le').swap16().copy(name);
  const header = dynamicHeader.encode({
    cookie: 'cxsparse',
    dataOffset: 2n ** 64n - 1n,
    tableOffset: BigInt(TABLE_AT),
    version: 0x10000,
    entries,
    blockBytes: BLOCK_BYTES,
    checksum: 0,
    parentId: of.id,
    parentTimestamp: 0,
    parentName: name,
  });
  const path = Buffer.from(`.\\${parentName}`, 'utf16le');
  const locator = { platform: 'W2ru', space: SECTOR_BYTES, length: path.length, reserved: 0, offset: BigInt(LOCATOR_AT) };
  parentLocator.encode(locator).copy(header, LOCATORS_AT);
  header.writeUInt32BE(checksum(header, 36), 36);
  const sectorsPerBlock = BLOCK_BYTES / SECTOR_BYTES;
  const bitmap = Buffer.alloc(SECTOR_BYTES);
  const block = Buffer.alloc(BLOCK_BYTES);
  const first = own.sector % sectorsPerBlock;
  for (let sector = first; sector < first + own.bytes.length / SECTOR_BYTES; sector++)
    bitmap[sector >> 3]! |= 0x80 >> (sector & 7);
  own.bytes.copy(block, first * SECTOR_BYTES);
  const head = Buffer.alloc(BLOCK_AT);
  end.copy(head, 0);
  header.copy(head, HEADER_AT);
  head.fill(0xff, TABLE_AT, TABLE_AT + entries * 4);
  head.writeUInt32BE(BLOCK_AT / SECTOR_BYTES, TABLE_AT + Math.floor(own.sector / sectorsPerBlock) * 4);
  path.copy(head, LOCATOR_AT);
  return Buffer.concat([head, bitmap, block, end]);
}

import { attributeBlock, directoryBlock, remoteBlock } from './directoryBlock';
import { longTreeBlock } from './treeBlock';

interface Described {
  layout: typeof attributeBlock | typeof directoryBlock | typeof remoteBlock | typeof longTreeBlock;
  placeAt: number;
}

const directory: Described = { layout: directoryBlock, placeAt: directoryBlock.range('place').offset };
const remote: Described = { layout: remoteBlock, placeAt: remoteBlock.range('place').offset };
const attribute: Described = { layout: attributeBlock, placeAt: attributeBlock.range('place').offset };
const map: Described = { layout: longTreeBlock, placeAt: longTreeBlock.range('place').offset };

const byMagic = new Map<number, Described>([
  [0x58444233, directory],
  [0x58444433, directory],
  [0x5841524d, remote],
  [0x58534c4d, remote],
  [0x424d4133, map],
]);
/** Attributes, the trees above them and above the hashes of names. */
const attributeMagics = new Set([0x3bee, 0x3ebe, 0x3df1, 0x3dff]);

/**
 * What a block of version 5 is by its magic number, if it also says that it lies where it does.
 * @param place in sectors of 512 bytes
 */
export function selfDescribed(bytes: Buffer, place: number): Described['layout'] | null {
  const described = attributeMagics.has(bytes.readUInt16BE(8)) ? attribute : byMagic.get(bytes.readUInt32BE(0));
  if (!described) return null;
  return Number(bytes.readBigUInt64BE(described.placeAt)) === place ? described.layout : null;
}

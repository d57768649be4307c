/** What ISO 9660 is held against: images by xorriso and genisoimage, of a folder that says what must be in them; isoinfo and blkid. */
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { blkid, defineConformance, folderListing, type ListedFile, type Listing, runTool } from '@diskwright/sdk/testing';
import { IsoImage, isoTools } from '../testing/isoImage';
import { type IsoRecipe, recipes } from './recipes';

const BLOCK_BYTES = 2048;
const TREE_OPTIONS = { 'Rock Ridge': ['-R'], Joliet: ['-J'], plain: [] };
/** Bytes, first block and name of a file that is no folder, link or device. The flags of one that goes on in another record are printed too long, and cut. */
const FILE_LINE = /^-\S*(?: +\d+){3} +(\d+) \w{3} +\d+ \d{4} \[ *(\d+) (?:\w\w\] |FFFF) (.*?) ?$/;
const ASPECTS = {
  'Rock Ridge': ['type', 'size', 'modified', 'mode', 'owner', 'target', 'device', 'content'],
  Joliet: ['type', 'size', 'modified', 'content'],
  plain: ['type', 'size', 'modified', 'content'],
} as const;

function oracle(path: string, { names, isRational = false }: IsoRecipe): Listing {
  const only = ASPECTS[names].filter((aspect) => !isRational || (aspect !== 'mode' && aspect !== 'owner'));
  const files = folderListing(new IsoImage(path).tree, { only });
  const extents = extentsOf(path, names);
  const blocks = Number(/Volume size is: (\d+)/.exec(runTool('isoinfo', ['-d', '-i', path]))![1]);
  const { TYPE: type, UUID: uuid = null, LABEL: label = null } = blkid(path);
  return {
    files: new Map([...files].map(([name, file]) => [name, { ...inSeconds(file), extents: extents.get(name) }])),
    // Where genisoimage keeps folders that lie too deep, and the catalogue that both tools make of boot images.
    hidden: /^rr_moved$|^boot\/catalogue$/,
    allocated: ExtentList.fromRanges([{ offset: 0, length: blocks * BLOCK_BYTES }]),
    mostMore: 0,
    type: type!,
    uuid,
    label,
  };
}

/** As isoinfo lists them: each record of a file by a line. Names that it does not show as they are, and folders that it cannot find, are left out. */
function extentsOf(path: string, names: IsoRecipe['names']): Map<string, ByteRange[]> {
  const found = new Map<string, ByteRange[]>();
  let folder = '';
  for (const line of runTool('isoinfo', ['-l', ...TREE_OPTIONS[names], '-i', path]).split('\n')) {
    folder = /^Directory listing of \/(.*)$/.exec(line)?.[1] ?? folder;
    const [, length, block, name] = FILE_LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const key = folder + (names === 'Rock Ridge' ? name : name.replace(/\.?;1$/, ''));
    const extent = { offset: Number(block) * BLOCK_BYTES, length: Number(length) };
    found.set(key, [...(found.get(key) ?? []), ...(extent.length > 0 ? [extent] : [])]);
  }
  return found;
}

/** As both keep times. */
const inSeconds = (file: ListedFile): ListedFile => ({ ...file, modified: file.modified!.slice(0, 1) as [number] });

export default defineConformance({ filesystem: 'iso', tools: [...isoTools, 'blkid'], recipes, oracle });

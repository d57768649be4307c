import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Recipe, SeededRandom, writeEveryPlane } from '@diskwright/sdk/testing';
import { IsoImage } from '../testing/isoImage';

type Tool = 'xorriso' | 'genisoimage';

export interface IsoRecipe extends Recipe {
  /** Whose names and metadata count. */
  names: 'Rock Ridge' | 'Joliet' | 'plain';
  /** The tool gives all files to the system's user, and changes their modes. */
  isRational?: boolean;
}

interface IsoCase extends Omit<IsoRecipe, 'make' | 'name'> {
  tool: Tool;
  args: readonly string[];
  /** In the place of a tree of everything. */
  what?: string;
  fill?(image: IsoImage, seed: number): void;
}

const everything = (image: IsoImage, seed: number): void => void image.fill(seed);
const plain = (image: IsoImage, seed: number): void => void image.fill(seed, true);

function inTree(fill: (tree: string) => void): (image: IsoImage) => void {
  return (image) => {
    mkdirSync(image.tree);
    fill(image.tree);
  };
}

function manyFiles(count: number): (image: IsoImage) => void {
  return inTree((tree) => {
    mkdirSync(join(tree, 'many'));
    for (let index = 0; index < count; index++)
      writeFileSync(join(tree, 'many', `${index} of many`), index % 50 === 0 ? 'x' : '');
  });
}

/** Names of up to 64 letters, none of which is of two units: all that Joliet can keep. */
function jolietNames(image: IsoImage, seed: number): void {
  image.fill(seed, true);
  for (const name of ['Ünïcødé 文件', 'with spaces', 'UPPER and lower', 'n'.repeat(60), 'مرحبا', '漢字仮名'])
    writeFileSync(join(image.tree, name), name);
}

function bootable(image: IsoImage, seed: number): void {
  image.fill(seed);
  const random = new SeededRandom(seed);
  mkdirSync(join(image.tree, 'boot'));
  writeFileSync(join(image.tree, 'boot', 'bios.img'), random.bytes(3000));
  writeFileSync(join(image.tree, 'boot', 'efi.img'), random.bytes(70_000));
}

const EL_TORITO = [
  '-b',
  'boot/bios.img',
  '-c',
  'boot/catalogue',
  '-no-emul-boot',
  '-eltorito-alt-boot',
  '-e',
  'boot/efi.img',
  '-no-emul-boot',
];
const rockRidge = (tool: Tool, args: readonly string[], rest: Partial<IsoCase> = {}): IsoCase => ({
  names: 'Rock Ridge',
  tool,
  args,
  ...rest,
});
const joliet = (tool: Tool, args: readonly string[]): IsoCase => ({ names: 'Joliet', tool, args, fill: jolietNames });
const plainNames = (tool: Tool, args: readonly string[]): IsoCase => ({ names: 'plain', tool, args, fill: plain });

const cases: readonly IsoCase[] = [
  rockRidge('xorriso', ['-R', '-V', 'LABEL']),
  rockRidge('xorriso', ['-R', '-J', '-joliet-long']),
  rockRidge('xorriso', ['-R', '-iso-level', '3']),
  rockRidge('xorriso', ['-R', '-iso-level', '4']),
  rockRidge('xorriso', ['-R', '-no-pad']),
  rockRidge('xorriso', ['-R', '-D']),
  rockRidge('xorriso', ['-r', '-V', 'RATIONAL'], { isRational: true }),
  rockRidge('genisoimage', ['-R', '-V', 'LABEL']),
  rockRidge('genisoimage', ['-R', '-J', '-joliet-long']),
  rockRidge('genisoimage', ['-R', '-D']),
  rockRidge('genisoimage', ['-R', '-l', '-iso-level', '3']),
  rockRidge('genisoimage', ['-R', '-no-pad']),
  rockRidge('genisoimage', ['-r', '-V', 'RATIONAL'], { isRational: true }),
  rockRidge('xorriso', ['-R', '-J'], { what: 'sectors of 4096 bytes', sectorSize: 4096 }),
  rockRidge('genisoimage', ['-R'], { what: 'empty', fill: inTree(() => undefined) }),
  rockRidge('xorriso', ['-R'], { what: 'names from every plane', fill: inTree(writeEveryPlane) }),
  rockRidge('genisoimage', ['-R'], { what: 'names from every plane', fill: inTree(writeEveryPlane) }),
  rockRidge('xorriso', ['-R'], { what: '4000 files in a folder', fill: manyFiles(4000) }),
  rockRidge('genisoimage', ['-R', '-J'], { what: '4000 files in a folder', fill: manyFiles(4000) }),
  rockRidge('genisoimage', ['-R'], { what: '100 000 files in a folder', fill: manyFiles(100_000), isLong: true }),
  rockRidge('xorriso', ['-R', '-iso-level', '3'], {
    what: 'a file of more than 4 GiB',
    isLong: true,
    fill: (image) => {
      mkdirSync(image.tree);
      image.addGiant();
    },
  }),
  rockRidge('xorriso', ['-R', ...EL_TORITO], { what: 'bootable', fill: bootable }),
  rockRidge('genisoimage', ['-R', ...EL_TORITO], { what: 'bootable', fill: bootable }),
  joliet('genisoimage', ['-J', '-input-charset', 'utf-8']),
  joliet('genisoimage', ['-J', '-joliet-long', '-input-charset', 'utf-8']),
  plainNames('xorriso', ['-iso-level', '3', '--norock']),
  plainNames('xorriso', ['-iso-level', '2', '--norock']),
  plainNames('genisoimage', ['-iso-level', '1']),
  plainNames('genisoimage', ['-iso-level', '3']),
];

/** Extensions, levels, padding, boot images and trees, by both tools. */
export const recipes: readonly IsoRecipe[] = cases.map(({ tool, args, what, fill = everything, ...recipe }) => ({
  ...recipe,
  name: `${tool} ${args.join(' ')}${what === undefined ? '' : `, ${what}`}`,
  make: (path, seed) => {
    const image = new IsoImage(path);
    fill(image, seed);
    image.make(tool, args);
  },
}));

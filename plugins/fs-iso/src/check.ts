import { ProblemList } from '@diskwright/sdk';
import { DamagedStructureError, type MediaError } from '@diskwright/sdk/errors';
import { readOrNull } from '@diskwright/sdk/files';
import { readBootCatalogue } from './bootEntries';
import type { NameSpace } from './files/directory';
import { findNameSpace } from './files/nameSpace';
import { hybridKind } from './hybrid';
import { isSameTwice } from './structures/bothEndian';
import { DescriptorType, validationEntry, volumeDescriptor } from './structures/volumeDescriptor';
import { scanTree, treesOf } from './treeScan';
import type { IsoVolume } from './volume';

const MOST_ENTRIES = 200_000;
const twice = [
  ['blocksCount', 4],
  ['blockSize', 2],
  ['pathTableSize', 4],
] as const;

/** What is wrong with a volume, as far as reading alone can tell. */
export async function findProblems(volume: IsoVolume, signal: AbortSignal): Promise<ProblemList> {
  const problems = new ProblemList();
  findDescriptorProblems(volume, problems);
  findSizeProblems(volume, problems);
  await findBootProblems(volume, problems, signal);
  const kind = await readOrNull(() => hybridKind(volume, signal));
  if (kind)
    problems.add({
      severity: 'info',
      code: 'iso.hybrid',
      effect: 'none',
      message: `The system area holds a partition table (${kind}): the image also starts from other media than discs.`,
      ranges: [{ offset: 0, length: 512 }],
    });
  try {
    const shown = await findNameSpace(volume, signal);
    for (const tree of treesOf(volume, shown)) await findTreeProblems(volume, tree, problems, signal);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    addDamage(problems, '/', error);
  }
  return problems;
}

function findDescriptorProblems({ descriptors }: IsoVolume, problems: ProblemList): void {
  for (const { type, offset, bytes } of descriptors) {
    if (type !== DescriptorType.PRIMARY && type !== DescriptorType.SUPPLEMENTARY) continue;
    for (const [name, width] of twice) {
      const { offset: at, length } = volumeDescriptor.range(name);
      if (isSameTwice(bytes, at, width)) continue;
      problems.add({
        severity: 'warning',
        code: 'iso.descriptor.twice',
        effect: 'none',
        message: `In the volume descriptor at ${offset}, ${name} is not the same in both byte orders.`,
        ranges: [{ offset: offset + at, length }],
      });
    }
  }
  if (descriptors.at(-1)?.type !== DescriptorType.END)
    problems.add({
      severity: 'warning',
      code: 'iso.descriptor.end',
      effect: 'none',
      message: 'The list of volume descriptors has no end.',
      ranges: [{ offset: descriptors.at(-1)!.offset, length: descriptors.at(-1)!.bytes.length }],
    });
}

function findSizeProblems({ size, source, descriptors }: IsoVolume, problems: ProblemList): void {
  if (size > source.size)
    problems.add({
      severity: 'error',
      code: 'iso.size.larger',
      effect: 'unknown',
      message: `By its descriptor it has ${size} bytes, more than its volume of ${source.size}: part of it is missing.`,
      ranges: [{ offset: descriptors[0]!.offset + volumeDescriptor.range('blocksCount').offset, length: 8 }],
      todo: 'Get the image again; it was cut.',
    });
  else if (size < source.size)
    problems.add({
      severity: 'info',
      code: 'iso.size.smaller',
      effect: 'none',
      message: `It ends ${source.size - size} bytes before its volume.`,
      ranges: [{ offset: size, length: source.size - size }],
    });
}

async function findBootProblems(volume: IsoVolume, problems: ProblemList, signal: AbortSignal): Promise<void> {
  if (volume.bootCatalogue === null) return;
  const boot = await readOrNull(() => readBootCatalogue(volume, signal));
  if (!boot || !boot.isSumRight)
    problems.add({
      severity: 'warning',
      code: 'iso.boot',
      effect: 'none',
      message: boot ? 'The checksum of the boot catalogue is wrong.' : 'The boot catalogue cannot be read.',
      ranges: boot ? [{ offset: boot.offset, length: validationEntry.size }] : [],
    });
}

async function findTreeProblems(volume: IsoVolume, tree: NameSpace, problems: ProblemList, signal: AbortSignal): Promise<void> {
  let looked = 0;
  const onDamage = (path: string, error: DamagedStructureError | MediaError): void => addDamage(problems, path, error);
  for await (const entries of scanTree(volume, tree, signal, onDamage)) {
    for (const { path, node } of entries) {
      const isOutside = node.content.some(({ offset, length }) => length > 0 && offset > volume.source.size - length);
      if (isOutside)
        problems.add({
          severity: 'error',
          code: 'iso.content',
          effect: 'none',
          message: `The content of ${path} lies outside of the volume.`,
          ranges: [{ offset: node.isDirectory ? 0 : node.offset, length: 1 }],
        });
      const how = node.rockRidge?.coded?.how ?? (node.isInterleaved ? 'interleaved' : null);
      if (how)
        problems.add({
          severity: 'info',
          code: `iso.${how}`,
          effect: 'none',
          message: `${path} is kept ${how}, which is not read.`,
          ranges: [{ offset: node.offset, length: 1 }],
        });
    }
    looked += entries.length;
    if (looked > MOST_ENTRIES) return;
  }
}

function addDamage(problems: ProblemList, path: string, { message, detail }: DamagedStructureError | MediaError): void {
  problems.add({
    severity: 'error',
    code: 'iso.directory',
    effect: 'none',
    message: `In the directory ${path}, ${message}.`,
    ranges: detail.offset === undefined ? [] : [{ offset: detail.offset, length: detail.length ?? 1 }],
  });
}

import { rangesMeet } from '@diskwright/sdk/extents';
import { readOrNull } from '@diskwright/sdk/files';
import type { ByteRange, StructureInstance } from '@diskwright/sdk/protocol';
import { readBootCatalogue } from './bootEntries';
import { recordsIn, type NameSpace } from './files/directory';
import { directoryRecord } from './structures/directoryRecord';
import {
  anyDescriptor,
  bootEntry,
  bootRecord,
  DescriptorType,
  validationEntry,
  volumeDescriptor,
} from './structures/volumeDescriptor';
import { scanTree, treesOf } from './treeScan';
import type { IsoVolume } from './volume';

/** Descriptors, boot catalogue and directory records, made as they are asked for; with a range those that meet it. */
export async function* listStructures(
  volume: IsoVolume,
  shown: NameSpace | null,
  signal: AbortSignal,
  range: ByteRange = { offset: 0, length: Number.MAX_SAFE_INTEGER },
): AsyncGenerator<StructureInstance> {
  for (const { type, offset, bytes } of volume.descriptors) {
    if (!rangesMeet({ offset, length: bytes.length }, range)) continue;
    const isTree = type === DescriptorType.PRIMARY || type === DescriptorType.SUPPLEMENTARY;
    const layout = isTree ? volumeDescriptor : type === DescriptorType.BOOT ? bootRecord : anyDescriptor;
    yield layout.instance(bytes, 0, offset, 'iso.descriptor');
  }
  const boot = await readOrNull(() => readBootCatalogue(volume, signal));
  if (boot) {
    if (rangesMeet({ offset: boot.offset, length: validationEntry.size }, range))
      yield validationEntry.instance(boot.bytes, 0, boot.offset, 'iso.boot');
    for (const { entryOffset } of boot.images)
      if (rangesMeet({ offset: entryOffset, length: bootEntry.size }, range))
        yield bootEntry.instance(boot.bytes, entryOffset - boot.offset, entryOffset, 'iso.boot');
  }
  for (const tree of shown ? treesOf(volume, shown) : []) {
    yield* recordsOf(volume, tree.root, range, signal);
    for await (const entries of scanTree(volume, tree, signal))
      for (const { node } of entries) if (node.isDirectory) yield* recordsOf(volume, node.content[0]!, range, signal);
  }
}

async function* recordsOf(
  volume: IsoVolume,
  directory: ByteRange,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<StructureInstance> {
  if (!rangesMeet(directory, range)) return;
  const found: StructureInstance[] = [];
  // What makes no sense is a finding of check; what comes before it is shown.
  await readOrNull(async () => {
    for await (const records of recordsIn(volume, directory, signal)) {
      for (const { offset, record } of records) {
        if (!rangesMeet({ offset, length: record.length }, range)) continue;
        const bytes = await volume.read(offset, directoryRecord.size, signal);
        found.push(directoryRecord.instance(bytes, 0, offset, 'iso.record'));
      }
    }
  });
  yield* found;
}

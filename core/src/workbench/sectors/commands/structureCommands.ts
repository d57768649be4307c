import { neighbour } from '../model/sortedRanges';
import type { ByteView } from '../byteView';
import type { Sectors } from '../sectors';

/** To the next structure behind the cursor, or the one before it. */
export async function goToStructure(sectors: Sectors, editor: ByteView, direction: 'next' | 'previous'): Promise<void> {
  const { structureList } = editor.document!;
  await structureList.read();
  const found = neighbour(structureList.entries, editor.selection.cursor, direction);
  if (found) return editor.goTo({ offset: found.offset, length: 1 });
  sectors.workbench.notifications.info('No plugin knows a structure on this device.');
}

export function selectSector(editor: ByteView): void {
  const { sectorSize, size } = editor.document!.device;
  const { offset, length } = editor.range;
  const start = Math.floor(offset / sectorSize) * sectorSize;
  const end = Math.min(size, Math.ceil((offset + length) / sectorSize) * sectorSize);
  editor.goTo({ offset: start, length: end - start });
}

/** The field at the cursor; when it is selected already, its structure. */
export function selectStructure(sectors: Sectors, editor: ByteView): void {
  const at = editor.document!.structures.at(editor.selection.cursor);
  if (!at) return sectors.workbench.notifications.info('No structure that a plugin knows lies at the cursor.');
  const { range } = editor;
  const fieldSelected = !at.field || (range.offset === at.field.offset && range.length >= at.field.length);
  editor.goTo(fieldSelected ? at.placed.structure : at.field!);
}

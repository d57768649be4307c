import { basename } from 'node:path';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { plural } from '../../../common/text/size';
import type { TargetSafety } from './safetyService';

/** What a button says that applies a plan: verb and target. `Erase and write Samsung 870 EVO, serial S5Y1`, `Write 2 sectors to demo-disk.img`. */
export function actionText(targets: readonly TargetSafety[]): string {
  return targets.map(targetAction).join('; ');
}

function targetAction(target: TargetSafety): string {
  const { replaced, edit, written, sectorSize } = target;
  if (edit) return `Write ${plural(touchedSectors(written, sectorSize), 'sector')} to ${nameOf(target)}`;
  const partition = replaced.suffix ? `partition ${replaced.suffix.slice(1)} of ` : '';
  return `${replaced.holdsData ? 'Erase and write' : 'Write'} ${partition}${nameOf(target)}`;
}

/** As its owner knows it: by model and serial number, else by its file. */
function nameOf({ disk, path }: TargetSafety): string {
  if (!disk?.model || disk.path !== path) return basename(path);
  return disk.serial ? `${disk.model}, serial ${disk.serial}` : `${disk.model} (${basename(path)})`;
}

/** How many sectors a few ranges lie in; one that several of them meet counts once. */
function touchedSectors(written: readonly ByteRange[], sectorSize: number): number {
  let count = 0;
  let next = 0;
  for (const { offset, length } of [...written].sort((a, b) => a.offset - b.offset)) {
    const first = Math.max(next, Math.floor(offset / sectorSize));
    const end = Math.ceil((offset + length) / sectorSize);
    count += Math.max(0, end - first);
    next = Math.max(next, end);
  }
  return count;
}

import type { ProblemList } from '@diskwright/sdk';
import { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';

/** Records that every mirror has. */
const MIRRORED = 4;

/** Compares the first records of the table of files with their mirror ($MFTMirr). @throws what `read` throws */
export async function findMirrorProblems(table: MasterFileTable, problems: ProblemList, signal: AbortSignal): Promise<void> {
  const { source, volume, runs } = table;
  const { mirrorOffset, recordBytes } = volume;
  const length = MIRRORED * recordBytes;
  const common = { severity: 'warning', effect: 'none', todo: 'chkdsk on Windows, or ntfsfix, writes it anew.' } as const;
  if (!(mirrorOffset >= 0 && mirrorOffset <= source.size - length)) {
    problems.add({
      ...common,
      code: 'ntfs.mirror.place',
      message: 'The mirror of the table of files lies outside of the volume.',
    });
    return;
  }
  const own = await readPieces(source, runs, 0, length, signal);
  const mirror = await source.read(mirrorOffset, length, signal);
  for (let number = 0; number < MIRRORED; number++) {
    const start = number * recordBytes;
    const ranges = [{ offset: mirrorOffset + start, length: recordBytes }];
    const record = FileRecord.at(number, own, start, recordBytes);
    const copy = FileRecord.at(number, mirror, start, recordBytes);
    if (record && !copy)
      problems.add({
        ...common,
        code: 'ntfs.mirror.damaged',
        message: `File record ${number} is damaged in the mirror.`,
        ranges,
      });
    // Restored, so that the number of the last write does not count.
    else if (
      record &&
      copy &&
      !own.subarray(start + 48, start + recordBytes).equals(mirror.subarray(start + 48, start + recordBytes))
    )
      problems.add({ ...common, code: 'ntfs.mirror.differs', message: `File record ${number} differs in the mirror.`, ranges });
  }
}

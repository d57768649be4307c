import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nbdkit, type ForeignServer } from './nbdServer';
import { scratchFolder } from './scratch';

/** Serves an image with unreadable ranges, ascending, by nbdkit's ddrescue filter until the test ends. Of `more`, further filters come before it, and their parameters behind. */
export async function damagedExport(
  image: string,
  bad: readonly { offset: number; length: number }[],
  ...more: string[]
): Promise<ForeignServer> {
  const { size } = await stat(image);
  const map = join(await scratchFolder(), 'map');
  const lines: string[] = [];
  let at = 0;
  // Format of GNU ddrescue's mapfile: a status line, then position, size and status of each block.
  for (const { offset, length } of bad) {
    lines.push(`${at} ${offset - at} +`, `${offset} ${length} -`);
    at = offset + length;
  }
  lines.push(`${at} ${size - at} +`);
  await writeFile(map, `# made by a test\n0x0 + 1\n${lines.filter((line) => !/^\d+ 0 /.test(line)).join('\n')}\n`);
  const filters = more.filter((word) => word.startsWith('--'));
  const parameters = more.filter((word) => !word.startsWith('--'));
  return nbdkit(...filters, '--filter=ddrescue', 'file', image, `ddrescue-mapfile=${map}`, ...parameters);
}

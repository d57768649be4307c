// The figures about files as a part of docs/performance.md.
import { median } from '../run.mjs';
import { describeMachine } from '../speed/machine.mjs';
import { DEBUGFS, FLS, ICAT, SEVEN_ZIP } from './contenders.mjs';

const MIB = 1024 ** 2;
const seconds = (milliseconds) => (milliseconds / 1000).toFixed(2);
const medianOf = (runs) => median(runs.map(({ milliseconds }) => milliseconds));

/** @param measured by part of the bench, what `measureAll` answered; of listings and extractions, by filesystem */
export function filesDocument({ listings, extractions, openings, allocation }, { rounds, files, bytes }) {
  const perFilesystem = (results, rate, baselines) =>
    Object.entries(results).map(([filesystem, result]) => `### ${filesystem}\n\n${table(result, rate, baselines)}`);
  const parts = [
    `# Files in images

Written by \`node test/bench/files.mjs --rounds ${rounds}\`, ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}. ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, interleaved; medians of whole commands, start-up included. Higher ratios are better.
The images are in the page cache, so that it is the programs that are measured. CPU and PSS are those of a command and all that it starts.`,
  ];
  if (listings) {
    const rate = { heading: 'files/s', of: (milliseconds) => ((files / milliseconds) * 1000).toFixed(0) };
    parts.push(
      `## Listing

All ${files.toLocaleString('en')} files of a volume, a hundred in a directory, with names, types, sizes and times, into a file.`,
      ...perFilesystem(listings, rate, { '× fls': FLS, '× 7z': SEVEN_ZIP }),
    );
  }
  if (extractions) {
    const rate = { heading: 'MiB/s', of: (milliseconds) => ((bytes / MIB / milliseconds) * 1000).toFixed(0) };
    parts.push(
      `## Extracting

One file of ${bytes / MIB} MiB, into a file. \`icat\` is told the number by which it knows the file.`,
      ...perFilesystem(extractions, rate, { '× icat': ICAT, '× debugfs': DEBUGFS }),
    );
  }
  if (openings)
    parts.push(`## Opening an image

The root directory of the volume in it, listed.

${table(openings)}`);
  if (allocation)
    parts.push(`## Allocation of a terabyte

Which blocks are used of an ext4 of 1 TiB, half full, with a million extents.

${table(allocation)}`);
  return `${parts.join('\n\n')}\n`;
}

/**
 * @param rate what the work is counted in, by how long it took
 * @param baselines contenders that the others are compared with, by heading; those that did not run are left out
 */
function table({ figures, peaks }, rate = null, baselines = {}) {
  const compared = Object.entries(baselines).filter(([, name]) => name in figures);
  const headings = [
    '',
    'median s',
    'from – to',
    ...(rate ? [rate.heading] : []),
    ...compared.map(([heading]) => heading),
    'CPU s',
    'PSS MB',
  ];
  const rows = Object.entries(figures)
    .sort(([, one], [, other]) => medianOf(one) - medianOf(other))
    .map(([name, runs]) => {
      const times = runs.map(({ milliseconds }) => milliseconds);
      const own = medianOf(runs);
      return [
        name,
        seconds(own),
        `${seconds(Math.min(...times))} – ${seconds(Math.max(...times))}`,
        ...(rate ? [rate.of(own)] : []),
        ...compared.map(([, baseline]) => (medianOf(figures[baseline]) / own).toFixed(2)),
        median(runs.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
        (peaks[name] / 1e6).toFixed(0),
      ];
    });
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

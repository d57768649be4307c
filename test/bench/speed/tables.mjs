// The figures as Markdown.
import { median } from '../run.mjs';

const GIB = 1024 ** 3;
const seconds = (milliseconds) => (milliseconds / 1000).toFixed(2);

/**
 * @param figures by contender, a list of `{milliseconds, cpuSeconds, written?}`
 * @param bytes what the work is counted in: those that had to be moved
 * @param baselines contenders that the others are compared with, as `{heading: contender}`
 */
export function table(figures, bytes, baselines) {
  const medians = Object.fromEntries(
    Object.entries(figures).map(([name, runs]) => [name, median(runs.map(({ milliseconds }) => milliseconds))]),
  );
  const isWritten = Object.values(figures).some(([{ written }]) => typeof written === 'number');
  const headings = [
    '',
    'median s',
    'from – to',
    'MiB/s',
    ...Object.keys(baselines),
    'CPU s/GiB',
    ...(isWritten ? ['GiB written'] : []),
  ];
  const rows = Object.entries(figures)
    .sort(([one], [other]) => medians[one] - medians[other])
    .map(([name, runs]) => {
      const times = runs.map(({ milliseconds }) => milliseconds);
      return [
        name,
        seconds(medians[name]),
        `${seconds(Math.min(...times))} – ${seconds(Math.max(...times))}`,
        (bytes / 1024 ** 2 / (medians[name] / 1000)).toFixed(0),
        ...Object.values(baselines).map((baseline) => (medians[baseline] / medians[name]).toFixed(2)),
        (median(runs.map(({ cpuSeconds }) => cpuSeconds)) / (bytes / GIB)).toFixed(2),
        ...(isWritten ? [(median(runs.map(({ written }) => written)) / GIB).toFixed(2)] : []),
      ];
    });
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

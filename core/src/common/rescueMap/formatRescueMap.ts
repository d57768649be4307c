import type { MapBlock, RescueMap } from './rescueMap';

/**
 * A map as GNU ddrescue writes it.
 * @param comments lines that say what the map is of; each becomes one comment line
 */
export function* formatRescueMap({ blocks }: RescueMap, comments: readonly string[]): Generator<string> {
  for (const comment of comments) yield `# ${comment.replace(/[\r\n]+/g, ' ')}\n`;
  const isFinished = blocks.every(({ status }) => status === '+' || status === '-');
  const next = blocks.find(({ status }) => status === '?');
  yield '# current_pos  current_status  current_pass\n';
  yield `${hexadecimal(next?.offset ?? 0)}     ${isFinished ? '+' : '?'}               1\n`;
  yield '#      pos        size  status\n';
  for (const { offset, length, status } of joined(blocks)) yield `${hexadecimal(offset)}  ${hexadecimal(length)}  ${status}\n`;
}

function* joined(blocks: readonly MapBlock[]): Generator<MapBlock> {
  let run: MapBlock | null = null;
  for (const block of blocks) {
    if (run && run.status === block.status && run.offset + run.length === block.offset) {
      const { offset, status }: MapBlock = run;
      run = { offset, status, length: run.length + block.length };
    } else {
      if (run) yield run;
      run = block;
    }
  }
  if (run) yield run;
}

const hexadecimal = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(8, '0')}`;

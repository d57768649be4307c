import { InvalidInputError } from '@diskwright/sdk/errors';
import { type BlockStatus, type MapBlock, MAX_MAP_BLOCKS, MAX_MAP_BYTES, type RescueMap } from './rescueMap';

/** Decimal, octal with a leading 0, or hexadecimal, as ddrescue reads them. */
const NUMBER = /^(?:0[xX][0-9a-fA-F]{1,16}|\d{1,22})$/;
const STATUS_LINE = /^(\S+)\s+([?*/\-FG+])(?:\s+([1-9]\d{0,3}))?$/;
const BLOCK_LINE = /^(\S+)\s+(\S+)\s+([?*/\-+])$/;
/** ddrescue's own limit: the end of a device whose size it does not know. */
const LARGEST_END = 2n ** 63n - 1n;

/**
 * Reads a map file of GNU ddrescue (1.27 and before): comments, the line of the current position, a line a block.
 * @param name the file, for messages
 * @throws InvalidInputError naming the line
 */
export function parseRescueMap(text: string, name: string): RescueMap {
  if (text.length > MAX_MAP_BYTES) throw new InvalidInputError(`${name} is longer than ${MAX_MAP_BYTES} bytes`);
  const blocks: MapBlock[] = [];
  let hasStatus = false;
  let end: bigint | null = null;
  let number = 0;
  for (const line of linesOf(text)) {
    number++;
    const refuse = (reason: string): never => {
      throw new InvalidInputError(`${name}, line ${number}: ${reason}`, {
        todo: 'Give a map file as GNU ddrescue writes it; "ddrescuelog -t FILE" checks it.',
      });
    };
    const content = line.replace(/#.*/, '').trim();
    if (content === '') continue;
    if (!hasStatus) {
      const [, position] = STATUS_LINE.exec(content) ?? refuse('this is no line of a current position and status');
      valueOf(position!, refuse);
      hasStatus = true;
      continue;
    }
    const [, position, size, status] = BLOCK_LINE.exec(content) ?? refuse('this is no line of a position, a size and a status');
    const offset = valueOf(position!, refuse);
    const length = valueOf(size!, refuse);
    if (length === 0n) refuse('the block has no bytes');
    if (end !== null && offset !== end) refuse('the block does not begin where the one before it ends');
    end = offset + length;
    if (end > LARGEST_END) refuse('the block ends after 2^63 - 1');
    if (end > BigInt(Number.MAX_SAFE_INTEGER) && status !== '?') refuse('what was tried ends after 2^53 - 1');
    if (blocks.length === MAX_MAP_BLOCKS) refuse(`there are more than ${MAX_MAP_BLOCKS} blocks`);
    add(blocks, offset, end, status as BlockStatus);
  }
  if (!hasStatus)
    throw new InvalidInputError(`${name} has no line of a current position and status: it is no map file of ddrescue`);
  return { blocks };
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const stop = newline < 0 ? text.length : newline;
    yield text.slice(start, stop);
    start = stop + 1;
  }
}

function valueOf(text: string, refuse: (reason: string) => never): bigint {
  const isOctal = /^0\d/.test(text);
  if (!NUMBER.test(text) || (isOctal && /[89]/.test(text))) refuse(`"${text.slice(0, 40)}" is no number of bytes`);
  return BigInt(isOctal ? `0o${text}` : text);
}

/** No device that can be opened reaches beyond 2^53 − 1, where only what was not tried may lie. */
function add(blocks: MapBlock[], offset: bigint, end: bigint, status: BlockStatus): void {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  if (offset >= limit) return;
  blocks.push({ offset: Number(offset), length: Number((end < limit ? end : limit) - offset), status });
}

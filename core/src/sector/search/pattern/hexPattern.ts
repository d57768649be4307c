import { patternError } from './patternError';
import { ANY_BYTE, type ByteSet, setOf } from './byteSet';

const DIGIT_PAIR = /[0-9a-f]{2}|\?\?|[0-9a-f]\?|\?[0-9a-f]/iy;
const BLANK = /[\s,:]+|0x/iy;

/**
 * A run of bytes as digit pairs, `??` for any byte and `4?`, `?4` for half of one; blanks, commas and `0x` may stand between pairs.
 * @throws InvalidInputError with the position
 */
export function parseHexPattern(text: string): ByteSet[] {
  const sets: ByteSet[] = [];
  for (let at = 0; at < text.length;) {
    BLANK.lastIndex = at;
    const blank = BLANK.exec(text);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    DIGIT_PAIR.lastIndex = at;
    const pair = DIGIT_PAIR.exec(text)?.[0];
    if (pair === undefined) throw patternError(text, at, 'two hexadecimal digits are needed here, or ?? for any byte');
    sets.push(setOfPair(pair));
    at += 2;
  }
  if (sets.length === 0) throw patternError(text, 0, 'it has no bytes');
  if (sets.every((set) => set === ANY_BYTE)) throw patternError(text, 0, 'any bytes match it: give at least one digit');
  return sets;
}

function setOfPair(pair: string): ByteSet {
  if (pair === '??') return ANY_BYTE;
  const digits = Array.from({ length: 16 }, (_, digit) => digit.toString(16));
  const [high, low] = [...pair.toLowerCase()].map((digit) => (digit === '?' ? digits : [digit]));
  return setOf(high!.flatMap((first) => low!.map((second) => Number.parseInt(first + second, 16))));
}

/** Fuzzy matching: every character of each word of the query, in order, somewhere in the text. Pure. */

/** Where a text matched: half-open ranges of characters, ascending. */
export interface FuzzyMatch {
  /** Higher is better. */
  score: number;
  ranges: [start: number, end: number][];
}

const MAXIMUM_QUERY = 100;
const MAXIMUM_TEXT = 300;

const START_OF_TEXT = 12;
const START_OF_WORD = 8;
const NEXT_TO_LAST = 6;
const SAME_CASE = 1;
const GAP = -0.2;
/** Several words that stand in the text just as they were typed. */
const AS_TYPED = 20;

/** Null when the text does not match; an empty query matches anything. */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | null {
  const words = query
    .slice(0, MAXIMUM_QUERY)
    .split(/\s+/)
    .filter((word) => word !== '');
  const shown = text.slice(0, MAXIMUM_TEXT);
  let score = 0;
  const positions = new Set<number>();
  for (const word of words) {
    const match = matchWord(word, shown);
    if (!match) return null;
    score += match.score;
    for (const position of match.positions) positions.add(position);
  }
  if (words.length > 1 && shown.toLowerCase().includes(words.join(' ').toLowerCase())) score += AS_TYPED;
  // Of equal matches the shorter text is the closer one.
  return { score: score - shown.length * 0.02, ranges: toRanges([...positions].sort((a, b) => a - b)) };
}

/** The best way to place the characters of a word, by dynamic programming over (character of the word, character of the text). */
function matchWord(word: string, text: string): { score: number; positions: number[] } | null {
  const lowerWord = word.toLowerCase();
  const lowerText = text.toLowerCase();
  const columns = text.length;
  if (columns === 0 || lowerText.length !== columns) return null;
  // best[i][j]: the best score with character i at place j; from[i][j]: where character i − 1 is then.
  const best: Float64Array[] = [];
  const from: Int16Array[] = [];
  for (let i = 0; i < lowerWord.length; i++) {
    best.push(new Float64Array(columns).fill(-Infinity));
    from.push(new Int16Array(columns).fill(-1));
    let bestBefore = -Infinity;
    let placeBefore = -1;
    for (let j = i; j < columns; j++) {
      if (i > 0 && j > 0) {
        const before = best[i - 1]![j - 1]!;
        // What lies further back costs a little for each character between.
        bestBefore += GAP;
        if (before >= bestBefore) [bestBefore, placeBefore] = [before, j - 1];
      }
      if (lowerText[j] !== lowerWord[i]) continue;
      const own = placeScore(text, j) + (text[j] === word[i] ? SAME_CASE : 0);
      if (i === 0) best[i]![j] = own + Math.max(j * GAP, -4);
      else {
        const adjacent = best[i - 1]![j - 1]! + NEXT_TO_LAST;
        const apart = bestBefore;
        best[i]![j] = own + Math.max(adjacent, apart);
        from[i]![j] = adjacent >= apart ? j - 1 : placeBefore;
      }
    }
  }
  const last = best[lowerWord.length - 1]!;
  let place = last.indexOf(Math.max(...last));
  if (last[place] === -Infinity) return null;
  const score = last[place]!;
  const positions: number[] = [];
  for (let i = lowerWord.length - 1; i >= 0; i--) {
    positions.unshift(place);
    place = from[i]![place]!;
  }
  return { score, positions };
}

function placeScore(text: string, at: number): number {
  if (at === 0) return START_OF_TEXT;
  const before = text[at - 1]!;
  if (/[\s/\\_\-.:(]/.test(before)) return START_OF_WORD;
  return /[a-z]/.test(before) && /[A-Z]/.test(text[at]!) ? START_OF_WORD : 1;
}

function toRanges(positions: number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const position of positions) {
    const last = ranges.at(-1);
    if (last && last[1] === position) last[1]++;
    else ranges.push([position, position + 1]);
  }
  return ranges;
}

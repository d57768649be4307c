import type { SearchPattern } from '../../../common';
import { type ByteSet, setOf } from './byteSet';
import { patternError } from './patternError';
import { bytesNode, type RegexNode } from './regexSyntax';

type Encoding = SearchPattern['encodings'][number];

/**
 * A text in each of the encodings that have all of its characters, once each: as sequences of byte sets where that says it exactly, else
 * as one expression.
 * @throws InvalidInputError when no encoding has them
 */
export function textPattern(
  text: string,
  encodings: readonly Encoding[],
  ignoreCase: boolean,
): { sequences: ByteSet[][] } | { expression: RegexNode } {
  const readings = encodings.flatMap((encoding) => {
    const characters = [...text].map((character) => variantsOf(character, encoding, ignoreCase));
    return characters.every((variants) => variants.length > 0) ? [characters] : [];
  });
  if (readings.length === 0) throw patternError(text, 0, `${encodings.join(' and ')} cannot write it`);
  const sequences = readings.map((characters) => characters.map(asSets));
  if (sequences.every((sets) => sets.every((set) => set !== null))) {
    return { sequences: withoutRepeats(sequences.map((sets) => sets.flatMap((set) => set!))) };
  }
  const ways = readings.map((characters): RegexNode => ({
    kind: 'sequence',
    parts: characters.map((variants) => ({
      kind: 'choice',
      ways: variants.map((bytes) => bytesNode([...bytes].map((byte) => setOf([byte])))),
    })),
  }));
  return { expression: ways.length === 1 ? ways[0]! : { kind: 'choice', ways } };
}

/** How a character may be written: one way, or both cases; none where the encoding lacks it. */
function variantsOf(character: string, encoding: Encoding, ignoreCase: boolean): Buffer[] {
  const forms = ignoreCase ? [character, character.toLowerCase(), character.toUpperCase()] : [character];
  const encoded = forms.map((form) => encode(form, encoding)).filter((bytes) => bytes !== null);
  return encoded.filter((bytes, index) => encoded.findIndex((other) => other.equals(bytes)) === index);
}

function encode(text: string, encoding: Encoding): Buffer | null {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text);
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'latin1':
      return [...text].every((character) => character.codePointAt(0)! <= 0xff) ? Buffer.from(text, 'latin1') : null;
  }
}

/** Variants as sets a byte: exact only when they are equally long and differ in one byte at most. */
function asSets(variants: Buffer[]): ByteSet[] | null {
  const [first, ...others] = variants;
  if (others.some((other) => other.length !== first!.length)) return null;
  const columns = [...first!].map((byte, index) => [...new Set([byte, ...others.map((other) => other[index]!)])]);
  if (columns.filter((values) => values.length > 1).length > 1) return null;
  return columns.map((values) => setOf(values));
}

function withoutRepeats(sequences: ByteSet[][]): ByteSet[][] {
  const byBytes = new Map(sequences.map((sets) => [Buffer.concat(sets).toString('latin1'), sets]));
  return [...byBytes.values()];
}

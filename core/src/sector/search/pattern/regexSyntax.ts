import type { ByteSet } from './byteSet';

/** A regular expression over bytes, parsed. */
export type RegexNode =
  | { kind: 'set'; set: ByteSet }
  | { kind: 'sequence'; parts: RegexNode[] }
  | { kind: 'choice'; ways: RegexNode[] }
  /** `most` is null where there is no limit. */
  | { kind: 'repeat'; part: RegexNode; least: number; most: number | null };

export const bytesNode = (sets: ByteSet[]): RegexNode => ({
  kind: 'sequence',
  parts: sets.map((set) => ({ kind: 'set', set })),
});

/** The least and the most bytes of a match; the most is Infinity where repetition has no limit. */
export function lengthsOf(node: RegexNode): { least: number; most: number } {
  switch (node.kind) {
    case 'set':
      return { least: 1, most: 1 };
    case 'sequence': {
      const lengths = node.parts.map(lengthsOf);
      return { least: sum(lengths.map(({ least }) => least)), most: sum(lengths.map(({ most }) => most)) };
    }
    case 'choice': {
      const lengths = node.ways.map(lengthsOf);
      return { least: Math.min(...lengths.map(({ least }) => least)), most: Math.max(...lengths.map(({ most }) => most)) };
    }
    case 'repeat': {
      const { least, most } = lengthsOf(node.part);
      // Zero times infinity would be no number.
      const times = most === 0 ? 0 : (node.most ?? Infinity);
      return { least: least * node.least, most: times === 0 ? 0 : most * times };
    }
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

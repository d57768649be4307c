import type { SearchPatternProgram } from '@diskwright/native';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { type ByteSet, joined } from './byteSet';
import { lengthsOf, type RegexNode } from './regexSyntax';

/** A match is cut after so many bytes; without it, `.*` would be all of a disk. */
export const LONGEST_MATCH = 4096;
const MAX_INSTRUCTIONS = 20_000;

const SET = 0;
const SPLIT = 1;
const MATCH = 2;

/**
 * The automaton of an expression, by Thompson's construction.
 * @throws InvalidInputError when it matches nothing at all everywhere, or is too large
 */
export function compileRegex(node: RegexNode): NonNullable<SearchPatternProgram['program']> {
  const { least, most } = lengthsOf(node);
  if (least === 0) {
    throw new InvalidInputError('the pattern matches no bytes at all, and so every place', {
      todo: 'Let at least one byte be needed: + in place of *.',
    });
  }
  const compiler = new Compiler();
  compiler.add(node);
  compiler.emit(MATCH, 0, 0);
  return {
    instructions: Uint32Array.from(compiler.instructions.flat()),
    sets: joined(compiler.sets),
    longest: Math.min(most, LONGEST_MATCH),
  };
}

/** Every part is entered at its first instruction and goes on at whatever follows its last. */
class Compiler {
  readonly instructions: [kind: number, a: number, b: number][] = [];
  readonly sets: ByteSet[] = [];
  private readonly indexOfSet = new Map<string, number>();

  emit(kind: number, a: number, b: number): number {
    if (this.instructions.length >= MAX_INSTRUCTIONS) {
      throw new InvalidInputError('the pattern is too large', { todo: 'Use smaller counts in { }.' });
    }
    return this.instructions.push([kind, a, b]) - 1;
  }

  add(node: RegexNode): void {
    switch (node.kind) {
      case 'set': {
        const at = this.emit(SET, this.setIndex(node.set), 0);
        this.instructions[at]![2] = at + 1;
        return;
      }
      case 'sequence':
        for (const part of node.parts) this.add(part);
        return;
      case 'choice':
        return this.addChoice(node.ways);
      case 'repeat':
        return this.addRepeat(node);
    }
  }

  private addChoice(ways: RegexNode[]): void {
    const ends: number[] = [];
    ways.forEach((way, index) => {
      if (index === ways.length - 1) return this.add(way);
      const split = this.emit(SPLIT, this.next + 1, 0);
      this.add(way);
      ends.push(this.emit(SPLIT, 0, 0));
      this.instructions[split]![2] = this.next;
    });
    for (const end of ends) this.instructions[end] = [SPLIT, this.next, this.next];
  }

  private addRepeat({ part, least, most }: RegexNode & { kind: 'repeat' }): void {
    for (let count = 0; count < least; count++) this.add(part);
    if (most === null) {
      const split = this.emit(SPLIT, this.next + 1, 0);
      this.add(part);
      this.emit(SPLIT, split, split);
      this.instructions[split]![2] = this.next;
      return;
    }
    const splits: number[] = [];
    for (let count = least; count < most; count++) {
      splits.push(this.emit(SPLIT, this.next + 1, 0));
      this.add(part);
    }
    for (const split of splits) this.instructions[split]![2] = this.next;
  }

  private get next(): number {
    return this.instructions.length;
  }

  private setIndex(set: ByteSet): number {
    const key = Buffer.from(set).toString('hex');
    const known = this.indexOfSet.get(key);
    if (known !== undefined) return known;
    const index = this.sets.push(set) - 1;
    this.indexOfSet.set(key, index);
    return index;
  }
}

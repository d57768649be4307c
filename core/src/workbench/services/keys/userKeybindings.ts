import { type Node, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { MAX_NESTING, nestedTooDeepAt } from '../../../common/text/nesting';
import { parseWhen } from '../../../common/when';
import type { UserRule } from './resolve';
import { parseKeys } from './strokes';

/** Something wrong in keybindings.json, at a range of characters. */
export interface DocumentProblem {
  message: string;
  offset: number;
  length: number;
}

/** Reads keybindings.json: what can be used of it, and what is wrong with the rest. */
export function readUserKeybindings(text: string): { rules: UserRule[]; problems: DocumentProblem[] } {
  const deep = nestedTooDeepAt(text);
  if (deep !== null) {
    const message = `more than ${MAX_NESTING} objects and lists within each other are not read`;
    return { rules: [], problems: [{ message, offset: deep, length: 1 }] };
  }
  const errors: ParseError[] = [];
  const tree = text.trim() === '' ? undefined : parseTree(text, errors, { allowTrailingComma: true });
  const problems: DocumentProblem[] = errors.map(({ error, offset, length }) => ({
    message: `not JSON: ${printParseErrorCode(error)}`,
    offset,
    length,
  }));
  if (!tree) return { rules: [], problems };
  if (tree.type !== 'array') {
    return { rules: [], problems: [...problems, problemAt(tree, 'the file must hold a list: [ { "key": …, "command": … } ]')] };
  }
  const rules: UserRule[] = [];
  for (const item of tree.children ?? []) {
    const rule = readRule(item, problems);
    if (rule) rules.push(rule);
  }
  return { rules, problems };
}

function readRule(item: Node, problems: DocumentProblem[]): UserRule | null {
  if (item.type !== 'object') {
    problems.push(problemAt(item, 'expected an object with "key" and "command"'));
    return null;
  }
  const members = new Map((item.children ?? []).map(({ children }) => [String(children?.[0]?.value), children?.[1]]));
  const text = (name: string, required: boolean): string | undefined => {
    const node = members.get(name);
    if (node?.type === 'string') return node.value as string;
    if (node || required) problems.push(problemAt(node ?? item, `"${name}" must be a text`));
    return undefined;
  };
  const command = text('command', true);
  const removal = command?.startsWith('-') === true;
  const key = text('key', !removal);
  const when = text('when', false);
  if (command === undefined || (key === undefined && !removal)) return null;
  try {
    if (when !== undefined) parseWhen(when);
    const args = members.get('args');
    return {
      strokes: key === undefined ? [] : parseKeys(key),
      command,
      when,
      ...(args && { args: valueOf(args) }),
    };
  } catch (error) {
    problems.push(
      problemAt(
        members.get(error instanceof SyntaxError && error.name === 'WhenSyntaxError' ? 'when' : 'key')!,
        (error as Error).message,
      ),
    );
    return null;
  }
}

function valueOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type !== 'object') return node.value as unknown;
  return Object.fromEntries((node.children ?? []).map(({ children }) => [String(children![0]!.value), valueOf(children![1]!)]));
}

const problemAt = ({ offset, length }: Node, message: string): DocumentProblem => ({ message, offset, length });

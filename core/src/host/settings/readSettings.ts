import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { InputField } from '@diskwright/sdk/protocol';
import { MAX_NESTING, nestedTooDeepAt } from '../../common/text/nesting';
import { fieldProblem } from '../commands/commandInput';
import { defaultOf } from './coreSettings';
import { JSONC_OPTIONS } from './editJsonc';
import { nearest } from './nearest';

/** The values in force, and what is wrong with the text that they come from. */
export interface ReadSettings {
  /** All settings, by key. */
  values: Record<string, unknown>;
  /** Sentences with line and column. */
  problems: string[];
}

const MAX_PROBLEMS = 256;
const MAX_TEXT = 200;

/** Reads settings.json. What is wrong in it counts as not being there: the default is taken. */
export function readSettings(text: string, fields: ReadonlyMap<string, InputField>): ReadSettings {
  const values = Object.fromEntries([...fields].map(([key, field]) => [key, defaultOf(field)]));
  const problems: string[] = [];
  const report = (offset: number, message: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push(`${placeOf(text, offset)}: ${message}`);
  };
  if (text.trim() === '') return { values, problems };
  const deep = nestedTooDeepAt(text);
  if (deep !== null) {
    report(deep, `more than ${MAX_NESTING} objects and lists within each other are not read.`);
    return { values, problems };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, JSONC_OPTIONS);
  for (const { error, offset } of errors) report(offset, inWords(printParseErrorCode(error)));
  if (root?.type !== 'object') {
    if (errors.length === 0) report(0, 'settings are an object: { "workbench.theme": "dark" }.');
    return { values, problems };
  }
  for (const { children } of root.children ?? []) {
    const [key, value] = children ?? [];
    if (!key || !value) continue;
    const name = String(key.value).slice(0, MAX_TEXT);
    const field = fields.get(name);
    if (!field) report(key.offset, unknown(name, [...fields.keys()]));
    else takeOver(values, name, field, value, report);
  }
  return { values, problems };
}

function takeOver(
  values: Record<string, unknown>,
  key: string,
  field: InputField,
  node: Node,
  report: (offset: number, message: string) => void,
): void {
  const value: unknown = getNodeValue(node);
  const problem = fieldProblem(field, value);
  if (problem === null) values[key] = value;
  else report(node.offset, `"${key}" ${problem.slice(0, MAX_TEXT)}; ${JSON.stringify(values[key])} is taken instead.`);
}

function unknown(key: string, keys: readonly string[]): string {
  const meant = nearest(key, keys);
  return `there is no setting "${key}"${meant === null ? '' : `; "${meant}" is meant, perhaps`}.`;
}

/** `InvalidSymbol` as people say it. */
function inWords(code: string): string {
  return `this is no JSON: ${code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()}.`;
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

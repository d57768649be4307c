import type { WorkbenchResult } from '../../common/workbench';

/** What a command answered that is no plan. */
export type ShownResult = Exclude<WorkbenchResult<'commands/execute'>, { kind: 'plan' }>;

/** How many results are kept; an older one is had again by running its command again. */
const CAPACITY = 64;

const results = new Map<string, ShownResult>();

/** Keeps a result for the life of the page. Answers its key. */
export function keepResult(result: ShownResult): string {
  const key = crypto.randomUUID();
  replaceResult(key, result);
  return key;
}

/** Keeps a result in the place of an earlier one. */
export function replaceResult(key: string, result: ShownResult): void {
  results.delete(key);
  results.set(key, result);
  for (const oldest of results.keys()) {
    if (results.size <= CAPACITY) break;
    results.delete(oldest);
  }
}

/** Undefined once it was displaced, or the page was loaded anew. */
export const keptResult = (key: string): ShownResult | undefined => results.get(key);

/** When clauses: conditions over context keys, in the grammar of VS Code. Pure. */
export { parseWhen } from './parse';
export { WhenSyntaxError } from './tokens';
export type { WhenClause, WhenValue } from './evaluate';

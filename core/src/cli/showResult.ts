import type { CommandResult } from '@diskwright/sdk/protocol';
import type { Application } from './application';
import { findingText } from './text/layoutText';
import { printable } from '../common/text/printable';
import { formatTable } from './text/table';

/** Prints what a command answered that is no plan. Answers the exit status. */
export function showResult(application: Application, result: Exclude<CommandResult, { kind: 'plan' }>): number {
  if (result.kind === 'value') {
    if (application.json) application.printJson(result.value);
    else application.print(JSON.stringify(result.value, null, 2));
    return 0;
  }
  const { view } = result;
  if (application.json) application.printJson(view);
  else {
    application.print(printable(view.title));
    if (view.view === 'table') application.print(formatTable(view.columns, view.rows));
    else if (view.view === 'text') application.print(view.text);
    else for (const finding of view.findings) application.print(findingText(finding));
  }
  return 0;
}

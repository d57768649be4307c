import type { CommandResult } from '@diskwright/sdk/protocol';
import type { Application } from './application';
import { findingText } from './text/layoutText';
import { formatTable, printable } from './text/table';

/** Prints what a command answered that is no plan. Answers the exit status. */
export function showResult(application: Application, result: Exclude<CommandResult, { kind: 'plan' }>): number {
  if (result.kind === 'value') {
    application.print(JSON.stringify(result.value, null, application.json ? undefined : 2));
    return 0;
  }
  const { view } = result;
  if (application.json) application.printJson(view);
  else {
    application.print(printable(view.title));
    if (view.view === 'table')
      application.print(
        formatTable(
          view.columns,
          view.rows.map((row) => row.map(printable)),
        ),
      );
    else if (view.view === 'text') application.print(view.text.split('\n').map(printable).join('\n'));
    else for (const finding of view.findings) application.print(findingText(finding));
  }
  return 0;
}

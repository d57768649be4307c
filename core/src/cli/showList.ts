import type { ListEnd } from '@diskwright/sdk/protocol';
import type { PluginList, PulledPage } from '../host/plugins/pluginList';
import type { Application } from './application';
import { ExitStatus } from './exitStatus';
import { ListFormat } from './text/listFormat';
import { WalkFormat } from './text/walkFormat';

/** Prints a list as it comes: a line an item, or with `--json` an object a line. Answers the exit status. */
export async function showList(application: Application, list: PluginList): Promise<number> {
  const { output, signal, json } = application;
  const items = new ListFormat(list.description, { json, terminal: process.stdout.isTTY === true });
  const entries = new WalkFormat(list.description.columns, json);
  try {
    // While a page is printed, the next one is made.
    let coming = list.next(signal);
    while (true) {
      const page: PulledPage = await coming;
      if (!page.end) {
        coming = list.next(signal);
        coming.catch(() => undefined);
      }
      const problems = page.walked ? entries.problems(page.walked) : items.problems(page.items);
      for (const problem of problems) application.message(problem);
      const lines = page.walked ? entries.lines(page.walked) : items.lines(page.items);
      if (lines.length > 0) {
        output.write(lines);
        await output.flush();
      }
      if (output.isClosed) return ExitStatus.Done;
      if (page.end) return ended(application, page.end);
    }
  } finally {
    await list.close();
  }
}

function ended(application: Application, { message, exitStatus }: ListEnd): number {
  if (message !== null) application.message(message);
  return exitStatus;
}

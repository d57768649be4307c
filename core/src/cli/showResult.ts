import type { TreeNode, ViewResult } from '@diskwright/sdk/protocol';
import type { CommandOutcome } from '../host/plugins/pluginCommandRunner';
import type { Application } from './application';
import { showContent } from './showContent';
import { showList } from './showList';
import { findingText } from '../host/text/layoutText';
import { printable } from '../common/text/printable';
import { formatPairs, formatTable } from '../host/text/table';

/** Prints what a command answered that is no plan. Answers the exit status. */
export async function showResult(application: Application, result: Exclude<CommandOutcome, { kind: 'plan' }>): Promise<number> {
  if (result.kind === 'list') return showList(application, result.list);
  if (result.kind === 'content') return showContent(application, result.content);
  if (result.kind === 'value') {
    if (application.json) application.printJson(result.value);
    else application.print(result.pairs ? formatPairs(result.pairs) : JSON.stringify(result.value, null, 2));
    return 0;
  }
  const { view } = result;
  if (application.json) application.printJson(view);
  else {
    application.print(printable(view.title));
    for (const text of viewText(view)) application.print(text);
  }
  return 0;
}

function viewText(view: ViewResult): string[] {
  switch (view.view) {
    case 'table':
      return [formatTable(view.columns, view.rows)];
    case 'text':
      return [view.text];
    case 'findings':
      return view.findings.map(findingText);
    case 'tree':
      return view.nodes.flatMap((node) => treeLines(node, ''));
    case 'map':
      return [formatTable(['from', 'count', view.unit], mapRows(view))];
  }
}

function treeLines({ label, description, children = [] }: TreeNode, indent: string): string[] {
  const line = printable(`${indent}${label}${description === undefined ? '' : `: ${description}`}`);
  return [line, ...children.flatMap((child) => treeLines(child, `${indent}  `))];
}

/** A line a run: the number of its first unit, how many there are, and what they are. */
function mapRows({ runs, legend }: Extract<ViewResult, { view: 'map' }>): string[][] {
  let from = 0;
  return runs.map(({ category, count }) => {
    const row = [String(from), String(count), legend.find(({ id }) => id === category)?.label ?? category];
    from += count;
    return row;
  });
}

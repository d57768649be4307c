import type { CommandInput } from '@diskwright/sdk/protocol';
import { Disposables, type Contribution, type Workbench } from '../api';
import { ElementPane } from '../widgets/elementPane';
import { commandCatalogue, type ContributedCommand } from './commandCatalogue';
import { executeCommand, openOutcome } from './runCommand';
import { Wizard, type WizardParams } from './wizard';

/** The page's command of a plugin's command. */
export const pageCommand = (id: string): string => `plugin.${id}`;

/** Forms of the plugins' commands, in the palette and the menus under their own titles. */
export const wizards: Contribution = (workbench) => {
  const catalogue = commandCatalogue(workbench.host);
  workbench.editors.register({
    type: 'wizard',
    create: (input, state) => {
      const { command = input.key, input: given } = (input.params ?? {}) as Partial<WizardParams>;
      const title = catalogue.find(command)?.contribution.title ?? command;
      const pane = new ElementPane(input, new Wizard(workbench, catalogue, command, { input: given }, state), {
        label: title,
        icon: 'wand',
      });
      const renaming = catalogue.onDidChange(() => pane.rename(catalogue.find(command)?.contribution.title ?? command));
      pane.disposed.connect(() => renaming.dispose());
      return pane;
    },
  });
  let offered = new Disposables();
  catalogue.onDidChange(() => {
    offered.dispose();
    offered = new Disposables();
    for (const command of catalogue.commands ?? []) offer(workbench, command, offered);
  });
};

/** Puts a command into palette and menus as long as its plugin brings it. */
function offer(workbench: Workbench, { contribution }: ContributedCommand, offered: Disposables): void {
  const { id, title, input, placement = [] } = contribution;
  const isForDisks = Object.values(input.properties).some(
    (field) => field.type === 'string' && (field.format === 'device' || field.format === 'volume'),
  );
  offered.add(
    workbench.commands.register({
      id: pageCommand(id),
      title: `${title}…`,
      category: isForDisks ? 'Disk' : 'Tools',
      run: (args) => start(workbench, contribution, (args as { input?: CommandInput } | undefined)?.input),
    }),
  );
  const menus = new Set([isForDisks ? 'disk' : 'tools', ...(placement.includes('tools') ? ['tools'] : [])]);
  for (const menu of menus) offered.add(workbench.menus.add(menu, { command: pageCommand(id), group: '5_plugins' }));
}

/** Asks for what the command needs; what only looks, and has been given all that it needs, is shown at once. */
async function start(
  workbench: Workbench,
  contribution: ContributedCommand['contribution'],
  input: CommandInput | undefined,
): Promise<void> {
  const { id, title, returns, input: schema } = contribution;
  const isComplete = input !== undefined && (schema.required ?? []).every((name) => input[name] !== undefined);
  if (!isComplete || (returns !== 'view' && returns !== 'value')) {
    const params: WizardParams = { command: id, ...(input ? { input } : {}) };
    await workbench.editors.open({ type: 'wizard', key: id, params });
    return;
  }
  const outcome = await workbench.notifications.progress(title, (report, signal) =>
    executeCommand(workbench, id, input, {
      signal,
      onProgress: ({ stage, share }) => report({ text: stage, ...(share === null ? {} : { fraction: share }) }),
    }),
  );
  await openOutcome(workbench, contribution, input, outcome);
}

import type { CommandInput } from '@diskwright/sdk/protocol';
import { namesDevice } from '../../common/commands/namesDevice';
import { Disposables, type Contribution, type Workbench } from '../api';
import { ElementPane } from '../widgets/elementPane';
import { currentTarget } from '../devices/deviceTarget';
import { commandCatalogue, type CommandCatalogue, type ContributedCommand, pageCommand } from './commandCatalogue';
import { placedCommands } from './placedCommands';
import { executeCommand, openOutcome } from './runCommand';
import { Wizard, type WizardParams } from './wizard';

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
    for (const command of catalogue.commands ?? []) offer(workbench, catalogue, command, offered);
  });
};

/** Puts a command into palette and menus as long as its plugin brings it. */
function offer(
  workbench: Workbench,
  catalogue: CommandCatalogue,
  { contribution }: ContributedCommand,
  offered: Disposables,
): void {
  const { id, title, icon, audience, input, placement = [] } = contribution;
  if (audience === 'programs') return;
  const isForDisks = Object.values(input.properties).some(namesDevice);
  offered.add(
    workbench.commands.register({
      id: pageCommand(id),
      title: `${title}…`,
      category: isForDisks ? 'Disk' : 'Tools',
      ...(icon !== undefined && { icon }),
      run: (args) => {
        const { input: given } = (args ?? {}) as { input?: CommandInput };
        return start(workbench, contribution, given ?? currentInput(workbench, catalogue, id));
      },
    }),
  );
  const menus = new Set([isForDisks ? 'disk' : 'tools', ...(placement.includes('tools') ? ['tools'] : [])]);
  for (const menu of menus) offered.add(workbench.menus.add(menu, { command: pageCommand(id), group: '5_plugins' }));
}

/** With what has the focus, or what the active editor shows, where the command is offered on such: on the volume, or on the device that it is on. */
function currentInput(workbench: Workbench, catalogue: CommandCatalogue, id: string): CommandInput | undefined {
  const target = currentTarget(workbench);
  if (!target) return undefined;
  const { path, partition } = target;
  const filesystem = workbench.context.get('filesystem') as string | null | undefined;
  const placed = [
    ...(partition === undefined ? [] : placedCommands(catalogue, { path, partition, place: 'volume', filesystem })),
    ...placedCommands(catalogue, { path, place: 'device' }),
  ];
  return placed.find(({ command }) => command === pageCommand(id))?.args.input;
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

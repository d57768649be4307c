import { render } from 'lit';
import type { Commands } from '../services/commands';
import { emptyBlock } from '../widgets/shared/blocks';

const ACTIONS: readonly [command: string, label: string][] = [
  ['palette.open', 'Open a device or an editor…'],
  ['palette.commands', 'All commands…'],
  ['help.welcome', 'Welcome'],
];

/** Stands where the editors would be as long as there are none. */
export class NoEditors {
  readonly element = document.createElement('div');

  constructor(commands: Commands) {
    this.element.className = 'dw-no-editors';
    const actions = ACTIONS.map(([command, label]) => ({ label, run: () => commands.run(command) }));
    render(
      emptyBlock('No editor is open', 'Choose a device in the Devices view, or begin with one of these:', actions),
      this.element,
    );
  }
}

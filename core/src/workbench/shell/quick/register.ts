import type { Services } from '../../services/workbench';
import { commandProvider } from './commandProvider';
import { editorProvider, helpProvider, openProvider, viewProvider } from './openProviders';

/** What the window itself lets quick open find. */
export function registerQuickProviders(services: Services): void {
  const { quickInput, commands, keybindings, state, editors, views } = services;
  for (const provider of [
    openProvider(services),
    commandProvider(commands, keybindings, state),
    editorProvider(editors),
    viewProvider(views),
    helpProvider(quickInput),
  ]) {
    quickInput.addProvider(provider);
  }
}

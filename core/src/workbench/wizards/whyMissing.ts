import type { CommandCatalogue } from './commandCatalogue';

/** Why the page cannot do what it leaves to a plugin's command; null when it can, and as long as that is not known. */
export function whyMissing({ commands }: CommandCatalogue, command: string): string | null {
  if (commands === null || commands.some(({ contribution }) => contribution.id === command)) return null;
  return `This is the work of the plugin ${command.split('.')[0]}, which is disabled or not there: see the Plugins view.`;
}

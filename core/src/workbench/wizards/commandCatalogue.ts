import type { CommandContribution } from '@diskwright/sdk/protocol';
import { printable, printableLines } from '../../common/text/printable';
import { Emitter, type Event, type HostConnection } from '../api';

export interface ContributedCommand {
  pluginId: string;
  contribution: CommandContribution;
}

/** The page's command of a plugin's command. */
export const pageCommand = (id: string): string => `plugin.${id}`;

const catalogues = new WeakMap<HostConnection, CommandCatalogue>();

/** The one catalogue of a connection. */
export function commandCatalogue(host: HostConnection): CommandCatalogue {
  const known = catalogues.get(host) ?? new CommandCatalogue(host);
  catalogues.set(host, known);
  return known;
}

/** The commands that plugins bring, as they are now. Lives as long as the page. */
export class CommandCatalogue {
  /** Null until the first answer. */
  commands: readonly ContributedCommand[] | null = null;
  private readonly changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.changed.event;

  constructor(private readonly host: HostConnection) {
    host.on('plugins/changed', () => void this.load());
    host.onDidChangeState((state) => {
      if (state === 'connected') void this.load();
    });
    if (host.state === 'connected') void this.load();
  }

  find(id: string): ContributedCommand | undefined {
    return this.commands?.find(({ contribution }) => contribution.id === id);
  }

  private async load(): Promise<void> {
    // What cannot be had now is asked for again when the connection is back.
    const answer = await this.host.request('commands/list', {}).catch(() => null);
    if (!answer) return;
    this.commands = answer.commands.map(readable);
    this.changed.fire();
  }
}

/** Titles stand in menus, tabs and lists: characters that deceive are visible in them. */
function readable({ pluginId, contribution }: ContributedCommand): ContributedCommand {
  const { title, description } = contribution;
  const texts = { title: printable(title), ...(description !== undefined && { description: printableLines(description) }) };
  return { pluginId, contribution: { ...contribution, ...texts } };
}

import type { CommandContribution } from '@diskwright/sdk/protocol';
import { printable, printableLines } from '../../common/text/printable';
import type { ContributedView } from '../../common/workbench';
import { Emitter, type Event, type HostConnection } from '../api';

export interface ContributedCommand {
  pluginId: string;
  contribution: CommandContribution;
}

/** The page's command of a plugin's command. */
export const pageCommand = (id: string): string => `plugin.${id}`;

/** The page's view of a plugin's view and, of one that is an editor, the command that opens it. */
export const pageView = (id: string): string => `pluginView.${id}`;

const catalogues = new WeakMap<HostConnection, CommandCatalogue>();

/** The one catalogue of a connection. */
export function commandCatalogue(host: HostConnection): CommandCatalogue {
  const known = catalogues.get(host) ?? new CommandCatalogue(host);
  catalogues.set(host, known);
  return known;
}

/** The commands and views that plugins bring, as they are now. Lives as long as the page. */
export class CommandCatalogue {
  /** Null until the first answer. */
  commands: readonly ContributedCommand[] | null = null;
  /** Null until the first answer. */
  views: readonly ContributedView[] | null = null;
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

  findView(id: string): ContributedView | undefined {
    return this.views?.find(({ contribution }) => contribution.id === id);
  }

  private async load(): Promise<void> {
    // What cannot be had now is asked for again when the connection is back.
    const [commands, views] = await Promise.all([
      this.host.request('commands/list', {}).catch(() => null),
      this.host.request('views/list', {}).catch(() => null),
    ]);
    if (!commands || !views) return;
    this.commands = commands.commands.map(readable);
    this.views = views.views.map((view) => ({
      ...view,
      pluginName: printable(view.pluginName),
      contribution: withReadableTexts(view.contribution),
    }));
    this.changed.fire();
  }
}

function readable({ pluginId, contribution }: ContributedCommand): ContributedCommand {
  return { pluginId, contribution: withReadableTexts(contribution) };
}

/** Titles stand in menus, tabs and lists: characters that deceive are visible in them. */
function withReadableTexts<C extends { title: string; description?: string }>(contribution: C): C {
  const { title, description } = contribution;
  return {
    ...contribution,
    title: printable(title),
    ...(description !== undefined && { description: printableLines(description) }),
  };
}

import type { ContextValue, Workbench } from '../api';
import { Disposables } from '../api';
import { commandCatalogue, pageCommand } from '../wizards/commandCatalogue';

const MENU = 'context:files';

/** The menu of a file or directory, with the commands of plugins that take one. */
export class FileMenu {
  private offered = new Disposables();

  constructor(private readonly workbench: Workbench) {}

  /** @param name as commands take it: `DEVICE#N:/path` */
  show(at: { x: number; y: number }, name: string, keys: Record<string, ContextValue>): void {
    const { host, menus } = this.workbench;
    this.offered.dispose();
    this.offered = new Disposables();
    for (const { contribution } of commandCatalogue(host).commands ?? []) {
      const { id, audience, input } = contribution;
      const place = Object.entries(input.properties).find(
        ([, definition]) => definition.type === 'string' && definition.format === 'volumePath',
      );
      if (!place || audience === 'programs') continue;
      const args = { input: { [place[0]]: name } };
      this.offered.add(menus.add(MENU, { command: pageCommand(id), args, group: '3_plugins' }));
    }
    menus.showContext(MENU, at, undefined, keys);
  }
}

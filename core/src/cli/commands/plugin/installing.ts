import type { Command } from 'commander';
import type { Installed } from '../../../host/plugins/store/pluginInstaller';
import type { Application } from '../../application';
import { describeError, exitStatusOf } from '../../exitStatus';

/** Installs, updates, goes back and removes; hosts that run follow by themselves. */
export function registerInstalling(plugin: Command, application: Application, exit: (status: number) => void): void {
  const where = (): { cwd: string; signal: AbortSignal } => ({ cwd: process.cwd(), signal: application.signal });
  const tell = (installed: Installed): void => {
    if (application.json) application.printJson(installed);
    else application.print(inWords(installed));
  };

  plugin
    .command('install <package>')
    .description('Install a plugin, or another version of it: from a .tgz file, a folder, or by its name from your npm registry')
    .action(async (source: string) => tell(await (await application.host()).pluginInstaller.install(source, where())));

  plugin
    .command('update [plugin]')
    .description('Install what the registry has now, of one plugin or of all that came from there')
    .action(async (id?: string) => {
      const { pluginInstaller } = await application.host();
      if (id !== undefined) return tell(await pluginInstaller.update(id, where()));
      const ids = await pluginInstaller.updatable();
      if (ids.length === 0 && !application.json) application.print('No plugin came from a registry.');
      for (const each of ids) {
        try {
          tell(await pluginInstaller.update(each, where()));
        } catch (error) {
          // One that cannot be updated does not keep the others from it.
          application.signal.throwIfAborted();
          application.message(describeError(error, application.verbose));
          exit(exitStatusOf(error));
        }
      }
    });

  plugin
    .command('rollback <plugin>')
    .description('Go back to the version before; once more goes forward again')
    .action(async (id: string) => tell(await (await application.host()).pluginInstaller.rollback(id, application.signal)));

  plugin
    .command('remove <plugin>')
    .description('Take a plugin away with all its versions')
    .action(async (id: string) => {
      const builtIn = await (await application.host()).pluginInstaller.remove(id);
      if (application.json) application.printJson({ id, builtIn });
      else
        application.print(
          builtIn === null ? `${id} is removed.` : `${id} is removed; ${builtIn}, which came with Diskwright, is in use.`,
        );
    });
}

function inWords({ id, version, previous, changed }: Installed): string {
  if (!changed) return `${id} ${version} is in use already.`;
  return previous === null ? `${id} ${version} is installed.` : `${id} ${version} is in use in place of ${previous}.`;
}

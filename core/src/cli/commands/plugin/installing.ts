import type { Command } from 'commander';
import type { Installed, InstallOptions } from '../../../host/plugins/store/pluginInstaller';
import type { Application } from '../../application';
import { ask, hasTerminal } from '../../confirm';
import { describeError, exitStatusOf } from '../../exitStatus';

interface Options {
  acceptNewKey?: boolean;
  yes?: boolean;
}

const NEW_KEY_OPTION = ['--accept-new-key', 'install it though it is signed with another key than before, or no more'] as const;
const YES_OPTION = ['--yes', 'use an update at once, whatever it asks for besides'] as const;

/** Installs, updates, goes back and removes; hosts that run follow by themselves. */
export function registerInstalling(plugin: Command, application: Application, exit: (status: number) => void): void {
  const given = ({ acceptNewKey, yes }: Options): InstallOptions => ({
    cwd: process.cwd(),
    signal: application.signal,
    agreeToKey: async () => acceptNewKey ?? false,
    agree: async ({ id, version, asks }) => {
      if (yes) return true;
      const question = `${id} ${version} asks for ${asks.join(', ')}, which the version in use does not. Without it the new one waits.`;
      return hasTerminal() && ask(question, 'yes', application.signal);
    },
  });
  const tell = (installed: Installed): void => {
    if (application.json) application.printJson(installed);
    else application.print(inWords(installed));
  };

  plugin
    .command('install <package>')
    .description('Install a plugin, or another version of it: from a .tgz file, a folder, or by its name from your npm registry')
    .option(...NEW_KEY_OPTION)
    .option(...YES_OPTION)
    .action(async (source: string, options: Options) =>
      tell(await (await application.host()).pluginInstaller.install(source, given(options))),
    );

  plugin
    .command('update [plugin]')
    .description('Install what the registry has now, of one plugin or of all that came from there')
    .option(...NEW_KEY_OPTION)
    .option(...YES_OPTION)
    .action(async (id: string | undefined, options: Options) => {
      const { pluginInstaller } = await application.host();
      if (id !== undefined) return tell(await pluginInstaller.update(id, given(options)));
      const ids = await pluginInstaller.updatable();
      if (ids.length === 0 && !application.json) application.print('No plugin came from a registry.');
      for (const each of ids) {
        try {
          tell(await pluginInstaller.update(each, given(options)));
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

function inWords({ id, version, previous, changed, waiting }: Installed): string {
  if (waiting) {
    const todo = waiting.asks.map((capability) => `diskwright plugin grant ${id} ${capability}`).join('; ');
    return `${id} ${waiting.version} is installed and waits, as it asks for ${waiting.asks.join(', ')}; ${version} stays in use. To use it: ${todo}`;
  }
  if (!changed) return `${id} ${version} is in use already.`;
  return previous === null ? `${id} ${version} is installed.` : `${id} ${version} is in use in place of ${previous}.`;
}

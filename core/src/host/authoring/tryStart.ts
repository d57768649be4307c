import { describeSandbox } from '../sandbox';
import { PLUGIN_TIMINGS, SandboxedLauncher, type InstalledPlugin } from '../plugins';
import { PLUGIN_LIMITS } from '../plugins/containment/pluginLimits';
import { PluginLog } from '../plugins/pluginLog';
import { PluginProcess } from '../plugins/pluginProcess';
import type { CheckList } from './scoreCard';

/**
 * Starts a plugin in its sandbox, with its self-test, and ends it again.
 * @returns how it was protected; null where it did not start
 */
export async function tryStart(plugin: InstalledPlugin, list: CheckList): Promise<{ protection: string[] } | null> {
  const launcher = new SandboxedLauncher({ cacheFolder: null });
  const log = new PluginLog();
  let protection: string[] = [];
  const started = await list.run('start and self-test', async () => {
    try {
      const process = await PluginProcess.start({
        plugin,
        launcher,
        log,
        timings: PLUGIN_TIMINGS,
        limits: PLUGIN_LIMITS,
        selfTest: true,
        handlersFor: (started) => ({
          'log/write': ({ level, message }) => started.log.write('plugin', level, message),
          'settings/read': () => ({ values: {} }),
        }),
      });
      protection = process.sandbox ? describeSandbox(process.sandbox) : [];
      await process.stop();
      return `in ${Math.round(process.startMilliseconds)} ms`;
    } catch (error) {
      const said = log.lastErrors();
      throw new Error(`${(error as Error).message}${said === '' ? '' : `\n${said}`}`, { cause: error });
    }
  });
  launcher.dispose();
  return started ? { protection } : null;
}

import { PLUGIN_TIMINGS, SandboxedLauncher, type InstalledPlugin } from '../plugins';
import { PLUGIN_LIMITS } from '../plugins/containment/pluginLimits';
import { PluginLog } from '../plugins/pluginLog';
import { tryPlugin } from '../plugins/tryPlugin';
import type { CheckList } from './scoreCard';

/**
 * Starts a plugin in its sandbox, with its self-test, and ends it again.
 * @returns how it was protected; null where it did not start
 */
export async function tryStart(plugin: InstalledPlugin, list: CheckList): Promise<{ protection: string[] } | null> {
  const launcher = new SandboxedLauncher({ cacheFolders: () => [] });
  const log = new PluginLog();
  let protection: string[] = [];
  const started = await list.run('start and self-test', async () => {
    try {
      const tried = await tryPlugin({ plugin, launcher, log, timings: PLUGIN_TIMINGS, limits: PLUGIN_LIMITS, settings: {} });
      protection = tried.protection;
      return `in ${Math.round(tried.startMilliseconds)} ms`;
    } catch (error) {
      const said = log.lastErrors();
      throw new Error(`${(error as Error).message}${said === '' ? '' : `\n${said}`}`, { cause: error });
    }
  });
  launcher.dispose();
  return started ? { protection } : null;
}

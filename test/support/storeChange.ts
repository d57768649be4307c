/**
 * A process that installs a package as the command line does, without a sector service, for tests that cut it. Arguments: the data folder, the package, and
 * `killInProbe` to be ended in the middle of the trial.
 */
import { loadRegistry, storeFolder } from '../../core/src/host/plugins/loadRegistry';
import { PLUGIN_LIMITS } from '../../core/src/host/plugins/containment/pluginLimits';
import { CapabilityGrants } from '../../core/src/host/plugins/grants/capabilityGrants';
import { PluginLog } from '../../core/src/host/plugins/pluginLog';
import { SandboxedLauncher } from '../../core/src/host/plugins/pluginLauncher';
import { PLUGIN_TIMINGS } from '../../core/src/host/plugins/pluginTimings';
import { PluginInstaller } from '../../core/src/host/plugins/store/pluginInstaller';
import { PluginStore } from '../../core/src/host/plugins/store/pluginStore';
import { PinFile } from '../../core/src/host/plugins/trust/pinFile';
import { tryPlugin } from '../../core/src/host/plugins/tryPlugin';
import { programFolder } from '../../core/src/host/paths';

const [dataFolder, source, killInProbe] = process.argv.slice(2) as [string, string, string | undefined];

async function install(): Promise<void> {
  const launcher = new SandboxedLauncher({ cacheFolders: () => [] });
  const registry = await loadRegistry(programFolder(), dataFolder);
  const installer = new PluginInstaller({
    store: new PluginStore(storeFolder(dataFolder)),
    registry,
    pins: new PinFile(dataFolder),
    grants: new CapabilityGrants(registry, null),
    holdersOf: async () => [],
    probe: async (plugin) => {
      const log = new PluginLog(() => killInProbe && process.kill(process.pid, 'SIGKILL'));
      await tryPlugin({ plugin, launcher, log, timings: PLUGIN_TIMINGS, limits: PLUGIN_LIMITS, settings: {} });
    },
  });
  const { version, changed } = await installer.install(source, { cwd: dataFolder });
  process.stdout.write(`${JSON.stringify({ version, changed })}\n`);
}

void install().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);

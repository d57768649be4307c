import { ContainerModule } from 'inversify';
import type { DeviceAccess } from '../providers/deviceAccess';
import { Tokens } from '../tokens';
import { type LayoutReader, PluginHost } from './pluginHost';
import type { PluginLauncher } from './pluginLauncher';
import type { PluginRegistry } from './pluginRegistry';

/**
 * Binds the plugin side of the long-running host. The command line puts the same classes together by hand: a container costs more time at its start
 * than a plugin.
 */
export const pluginModule = new ContainerModule(({ bind }) => {
  bind<PluginHost>(Tokens.PluginHost)
    .toResolvedValue(
      (registry: PluginRegistry, launcher: PluginLauncher, devices: DeviceAccess, layouts: () => LayoutReader) =>
        new PluginHost({ registry, launcher, devices, layouts }),
      [Tokens.PluginRegistry, Tokens.PluginLauncher, Tokens.DeviceAccess, Tokens.LayoutReader],
    )
    .inSingletonScope()
    .onDeactivation((host) => host.dispose());
});

import { CapabilityDeniedError } from '@diskwright/sdk/errors';
import type { MessageDescriptor } from '@diskwright/sdk/protocol';
import type { InstalledPlugin } from './pluginRecord';

/** @throws CapabilityDeniedError when the message needs a capability that the plugin's manifest does not ask for */
export function requireCapability({ id, manifest }: InstalledPlugin, { method, capability }: MessageDescriptor): void {
  if (capability === null || manifest.capabilities?.includes(capability)) return;
  throw new CapabilityDeniedError(
    `plugin ${id} may not use ${method}: its manifest does not ask for the capability ${capability}`,
    {
      todo: `The plugin's author has to add "${capability}" to diskwright.capabilities.`,
    },
  );
}

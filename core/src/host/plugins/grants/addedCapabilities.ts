import type { Manifest } from '@diskwright/sdk/protocol';
import type { InstalledPlugin } from '../pluginRecord';
import type { PluginGrant } from './grantFile';

/** What a newer version asks for that neither the version in use does nor the user has granted. @param used null: nothing is known of it */
export function addedCapabilities(used: InstalledPlugin | null, newer: Manifest, { capabilities }: PluginGrant): string[] {
  const known = new Set([...(used?.manifest.capabilities ?? []), ...capabilities]);
  return (newer.capabilities ?? []).filter((capability) => !known.has(capability));
}

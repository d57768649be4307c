import { CapabilityDeniedError } from '@diskwright/sdk/errors';
import type { Plan } from '@diskwright/sdk/protocol';
import type { CapabilityGrants, DeviceCapability, MissingGrant } from '../plugins/grants/capabilityGrants';
import type { InstalledPlugin } from '../plugins/pluginRecord';
import type { OpenedField } from './inputDevices';

/** What a plugin asks for of the devices that a command is given, and has not been granted. */
export function missingGrants(grants: CapabilityGrants, plugin: InstalledPlugin, opened: readonly OpenedField[]): MissingGrant[] {
  const needs = opened.flatMap(({ definition, device }) => {
    const wanted: DeviceCapability[] = definition.access === 'write' ? ['device.read', 'device.write'] : ['device.read'];
    const asked = wanted.filter((capability) => plugin.manifest.capabilities?.includes(capability));
    return asked.map((capability): MissingGrant => ({ plugin, capability, device }));
  });
  const missing = needs.filter(({ capability, device }) => !grants.allows(plugin, capability, device));
  // Two fields may name one device.
  return missing.filter(
    ({ capability, device }, index) =>
      missing.findIndex((other) => other.capability === capability && other.device.path === device.path) === index,
  );
}

/**
 * A plan may write what the user gave the command to write, and nothing else.
 * @throws CapabilityDeniedError
 */
export function requireGivenTargets({ id }: InstalledPlugin, plan: Plan, opened: readonly OpenedField[]): void {
  const given = opened.filter(({ definition }) => definition.access === 'write').map(({ device }) => device.path);
  for (const { role, path } of plan.devices) {
    if (role !== 'target' || given.includes(path)) continue;
    throw new CapabilityDeniedError(`the plan of plugin ${id} writes ${path}, which it was not given to write`);
  }
}

import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type DeviceDescription, type DeviceLayout, pluginMessages, type PluginProtocol } from '@diskwright/sdk/protocol';
import type { HandlerContext, PeerHandlers } from '@diskwright/sdk/rpc';
import type { DeviceAccess } from '../providers/deviceAccess';
import type { ProviderBroker } from '../providers/providerBroker';
import type { PluginGrants } from './pluginGrants';
import type { PluginLeases } from './pluginLeases';
import type { PluginProcess } from './pluginProcess';

export interface HostMessagesOptions {
  devices: DeviceAccess;
  layouts: { read(deviceId: string, signal?: AbortSignal): Promise<DeviceLayout> };
  broker: ProviderBroker;
  grants: PluginGrants;
  leases: PluginLeases;
  /** The values of a plugin's own settings. */
  settings: { ofPlugin(id: string): Record<string, unknown> };
}

/** What the host answers to one plugin process. Every device that it names must have been handed to a command that it runs. */
export function hostMessages(
  process: PluginProcess,
  { devices, layouts, broker, grants, leases, settings }: HostMessagesOptions,
): PeerHandlers<PluginProtocol> {
  const { id } = process.plugin;
  const transfer = async (open: Promise<Socket>): Promise<{ transferId: string }> => {
    const transferId = randomUUID();
    await process.sendDescriptor(transferId, await open);
    return { transferId };
  };
  return {
    ping: () => ({}),
    'log/write': ({ level, message }) => process.log.write('plugin', level, message),
    'settings/read': () => ({ values: settings.ofPlugin(id) }),
    'progress/report': (report) => grants.report(id, report),
    'device/describe': ({ deviceId }) => {
      grants.require(id, deviceId);
      return describe(devices, deviceId);
    },
    'device/layout': ({ deviceId }, { signal }) => {
      grants.require(id, deviceId);
      return layouts.read(deviceId, signal);
    },
    'device/lease': ({ deviceId, range }) => {
      grants.require(id, deviceId);
      return leases.give(process, deviceId, range);
    },
    'lease/release': async ({ leaseId }) => {
      await leases.release(process, leaseId);
      return {};
    },
    'blob/put': ({ kind }) => transfer(devices.putBlob(kind)),
    'blob/get': ({ digest, bytes }) => transfer(devices.getBlob({ digest, bytes })),
    'volume/open': (volume, { signal }) => {
      grants.require(id, volume.deviceId);
      return broker.openVolume(id, volume, signal);
    },
    'device/table': ({ deviceId }, { signal }) => {
      grants.require(id, deviceId);
      return broker.openTable(id, deviceId, signal);
    },
    'device/createTable': ({ deviceId, type, operations }, { signal }) => {
      grants.require(id, deviceId);
      return broker.createTable(deviceId, type, operations, signal);
    },
    ...forwardedCalls(id, broker),
  };
}

/** The calls of providers, which any plugin may make on handles of its own. */
function forwardedCalls(caller: string, broker: ProviderBroker): PeerHandlers<PluginProtocol> {
  const methods = Object.values(pluginMessages).filter(
    ({ method, direction }) => direction === 'both' && /^(filesystem|partitionTable)\//.test(method),
  );
  const forward =
    (method: 'filesystem/info') =>
    (params: { handle: string }, { signal }: HandlerContext) =>
      broker.forward(caller, method, params, signal);
  // One forwarder serves all: the broker looks at the handle only, and the connection has validated the rest.
  return Object.fromEntries(methods.map(({ method }) => [method, forward(method as 'filesystem/info')]));
}

function describe(devices: DeviceAccess, deviceId: string): DeviceDescription {
  const { path, size, sectorSize, physicalSectorSize, readOnly, identity } = devices.get(deviceId);
  return { deviceId, path, size, sectorSize, physicalSectorSize, readOnly, identity };
}

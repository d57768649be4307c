import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { NotSupportedError } from '@diskwright/sdk/errors';
import { type DeviceDescription, type DeviceLayout, pluginMessages, type PluginProtocol } from '@diskwright/sdk/protocol';
import type { HandlerContext, PeerHandlers } from '@diskwright/sdk/rpc';
import type { DeviceAccess } from '../providers/deviceAccess';
import type { ProviderBroker } from '../providers/providerBroker';
import type { ContentService } from '../contents/contentService';
import type { ServedImages } from '../images/servedImages';
import type { PickedFolders } from '../contents/pickedFolders';
import type { OpenViews } from './openViews';
import type { PluginGrants } from './pluginGrants';
import type { PluginLeases } from './pluginLeases';
import type { PluginProcess } from './pluginProcess';

export interface HostMessagesOptions {
  devices: DeviceAccess;
  layouts: { read(deviceId: string, signal?: AbortSignal): Promise<DeviceLayout> };
  broker: ProviderBroker;
  contents(): Pick<ContentService, 'openFor' | 'lease' | 'forget'>;
  folders(): PickedFolders;
  grants: PluginGrants;
  leases: PluginLeases;
  /** Null where no image files are opened. */
  images: Pick<ServedImages, 'openSibling'> | null;
  views: Pick<OpenViews, 'post'>;
  /** The values of a plugin's own settings. */
  settings: { ofPlugin(id: string): Record<string, unknown> };
}

/** What the host answers to one plugin process. Every device that it names must have been handed to a command that it runs. */
export function hostMessages(
  process: PluginProcess,
  { devices, layouts, broker, contents, folders, grants, leases, images, views, settings }: HostMessagesOptions,
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
      grants.require(process.plugin, deviceId);
      return describe(devices, deviceId);
    },
    'device/layout': ({ deviceId }, { signal }) => {
      grants.require(process.plugin, deviceId);
      return layouts.read(deviceId, signal);
    },
    'device/lease': ({ deviceId, range }) => {
      grants.require(process.plugin, deviceId);
      return leases.give(process, deviceId, range);
    },
    'lease/release': async ({ leaseId }) => {
      await leases.release(process, leaseId);
      return {};
    },
    'blob/put': ({ kind }) => transfer(devices.putBlob(kind)),
    'blob/get': ({ digest, bytes }) => transfer(devices.getBlob({ digest, bytes })),
    'volume/open': (volume, { signal }) => {
      grants.require(process.plugin, volume.deviceId);
      return broker.openVolume(id, volume, signal);
    },
    'device/table': ({ deviceId }, { signal }) => {
      grants.require(process.plugin, deviceId);
      return broker.openTable(id, deviceId, signal);
    },
    'device/createTable': ({ deviceId, type, operations }, { signal }) => {
      grants.require(process.plugin, deviceId);
      return broker.createTable(deviceId, type, operations, signal);
    },
    'content/open': async (file, { signal }) => {
      const { contentId, size } = await contents().openFor(id, file, signal);
      return { content: contentId, size };
    },
    'content/lease': ({ content }) =>
      leases.giveContent(process, (holder, account) => contents().lease(content, holder, account), grants),
    'content/close': async ({ content }) => {
      await contents().forget([content]);
      return {};
    },
    'imageFormat/sibling': ({ openingId, path, content = false, type = null }) => {
      if (!images) throw new NotSupportedError('no image files are opened here');
      return images.openSibling(process, openingId, { path, content, type });
    },
    'folder/open': ({ folder, options }, { signal }) => folders().open(id, grants.folder(id, folder), options, signal),
    'folder/write': ({ extraction, handle, entries }, { signal }) => folders().write(id, extraction, handle, entries, signal),
    'folder/finish': ({ extraction }, { signal }) => folders().finish(id, extraction, signal),
    'folder/close': async ({ extraction }) => {
      await folders().close(id, extraction);
      return {};
    },
    'view/post': async ({ viewId, message }) => {
      await views.post(process, viewId, message);
      return {};
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

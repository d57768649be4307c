import type { Duplex } from 'node:stream';
import { type DiskwrightError, FailedError, NotSupportedError } from '../errors';
import { pluginMessages, PROTOCOL_VERSION, type PluginParams, type PluginProtocol, type PluginResult } from '../protocol/index';
import { createPeer, type Peer } from '../rpc/index';
import { commandHandlers } from './commandHandlers';
import { containerHandlers } from './containerHandlers';
import type { DataPlane } from './dataPlane';
import { filesystemHandlers } from './filesystemHandlers';
import { HostBlobs } from './hostBlobs';
import { HostLog } from './hostLog';
import { imageFormatHandlers } from './imageFormatHandlers';
import { partitionTableHandlers } from './partitionTableHandlers';
import type { PluginDefinition } from './pluginDefinition';
import type { PluginRuntime } from './pluginRuntime';
import { viewHandlers } from './viewHandlers';

/** How a plugin reaches its host. */
export interface PluginConnection {
  /** The JSON-RPC stream; owned by the answered peer. */
  stream: Duplex;
  dataPlane: DataPlane;
  /** Called once when the connection has ended. */
  onClose(error: DiskwrightError | null): void;
}

/** Answers the host's messages with what the plugin defines, until the connection ends. */
export function connectPlugin(definition: PluginDefinition, connection: PluginConnection): Peer<PluginProtocol> {
  /** Set when it is initialised. */
  let pluginId: string | null = null;
  const host = (): Peer<PluginProtocol> => peer;
  const { dataPlane } = connection;
  const runtime: PluginRuntime = {
    host,
    pluginId: () => pluginId ?? '',
    dataPlane,
    blobs: new HostBlobs(host, dataPlane),
    log: new HostLog(host),
  };
  const filesystems = filesystemHandlers(definition.filesystems ?? {}, runtime);
  const tables = partitionTableHandlers(definition.partitionTables ?? {}, runtime);
  const commands = commandHandlers(definition.commands ?? {}, runtime);
  const images = imageFormatHandlers(definition.imageFormats ?? {}, runtime);
  const containers = containerHandlers(definition.containers ?? {}, runtime);
  const views = viewHandlers(definition.views ?? {}, runtime);
  const closeAll = async (): Promise<void> => {
    await Promise.all([filesystems, tables, commands, images, containers, views].map((each) => each.closeAll()));
  };

  const peer = createPeer<PluginProtocol>({
    stream: connection.stream,
    table: pluginMessages,
    side: 'plugin',
    name: 'the host',
    gate: ({ method }) => {
      if (pluginId === null && method !== 'initialize' && method !== 'ping')
        throw new FailedError(`${method} came before initialize`);
    },
    handlers: {
      initialize: async (params) => {
        const result = agree(params);
        await definition.activate?.({ log: runtime.log });
        if (params.features.selfTest) await definition.selfTest?.();
        pluginId = params.pluginId;
        return result;
      },
      ping: () => ({}),
      shutdown: async () => {
        await closeAll();
        return {};
      },
      ...filesystems.handlers,
      ...tables.handlers,
      ...images.handlers,
      ...containers.handlers,
      ...commands.handlers,
      ...views.handlers,
    },
    onClose: (error) => {
      void closeAll().finally(() => connection.onClose(error));
    },
  });
  return peer;
}

/** @throws NotSupportedError when host and plugin have no version of the protocol in common */
function agree({ protocol }: PluginParams<'initialize'>): PluginResult<'initialize'> {
  if (PROTOCOL_VERSION < protocol.min || PROTOCOL_VERSION > protocol.max) {
    throw new NotSupportedError(
      `this plugin speaks version ${PROTOCOL_VERSION} of the plugin protocol, the host ${protocol.min} to ${protocol.max}`,
      { todo: 'Update the plugin or Diskwright.' },
    );
  }
  return { protocol: PROTOCOL_VERSION, features: {} };
}

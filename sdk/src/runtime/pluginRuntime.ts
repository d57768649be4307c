import type { PluginProtocol } from '../protocol/index';
import type { Logger } from '../provider/index';
import type { Peer } from '../rpc/index';
import type { DataPlane } from './dataPlane';
import type { HostBlobs } from './hostBlobs';

/** What the message handlers of a plugin share. */
export interface PluginRuntime {
  /** The connection to the host; to be asked for when it is needed, since handlers are made before it. */
  readonly host: () => Peer<PluginProtocol>;
  /** As the host calls it; known from the first message on. */
  readonly pluginId: () => string;
  readonly dataPlane: DataPlane;
  readonly blobs: HostBlobs;
  readonly log: Logger;
}

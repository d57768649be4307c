/**
 * The protocol between a workbench page and the host: JSON-RPC over a WebSocket, framed as everywhere else. Bytes of sectors go by
 * HTTP (`GET /api/devices/<deviceId>/bytes?offset=…&length=…`).
 */
import * as devices from './devices';
import * as plans from './plans';
import * as plugins from './plugins';
import * as search from './search';
import * as session from './session';
import * as views from './views';
import * as volumeFiles from './volumeFiles';

export { devices, plans, plugins, search, session, views, volumeFiles };
export const messages = {
  ...devices.messages,
  ...plans.messages,
  ...plugins.messages,
  ...search.messages,
  ...session.messages,
  ...views.messages,
  ...volumeFiles.messages,
} as const;

/** The plugin protocol: typed messages between the host and a plugin process, each with a validator compiled at build. */
import type { MessagesOf, NotificationMethods, ParamsOf, RequestMethods, ResultOf } from './messageTable';
import type { messages } from './schemas/index';

export { pluginMessages } from './generated/messages';
export { validateLayout, validateManifest, validatePlan } from './generated/documents';
export * from './entryTable';
export * from './messageTable';
export * from './types';

/** The protocol's version; `initialize` negotiates it. */
export const PROTOCOL_VERSION = 1;

export type PluginProtocol = MessagesOf<typeof messages>;
export type PluginRequestMethod = RequestMethods<PluginProtocol>;
export type PluginNotificationMethod = NotificationMethods<PluginProtocol>;
export type PluginParams<M extends keyof PluginProtocol> = ParamsOf<PluginProtocol, M>;
export type PluginResult<M extends keyof PluginProtocol> = ResultOf<PluginProtocol, M>;

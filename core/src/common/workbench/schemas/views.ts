/** Views: pages of plugins, shown in frames of their own. */
import Type from 'typebox';
import { Empty, Id, Name, Text } from '@diskwright/sdk/protocol/schemas/common';
import { ViewContribution } from '@diskwright/sdk/protocol/schemas/manifest';
import { nullable, notification, request } from './shared';

const Subject = Type.Object({ view: Name, subject: nullable(Text) });
/** Any JSON. */
const Message = Type.Unknown();

export const ContributedView = Type.Object({
  pluginId: Name,
  pluginName: Text,
  /** Of the plugin: another one may have another page. */
  version: Text,
  contribution: ViewContribution,
});

export const messages = {
  /** Anew after each `plugins/changed`. */
  'views/list': request(Empty, Type.Object({ views: Type.Array(ContributedView, { maxItems: 4096 }) })),
  /**
   * Begins a view in its plugin; `address` is where its page is, for one frame, as long as it is open. At most 64 are open in a window. It ends by
   * `views/close`, with the window, or as `views/ended` says.
   */
  'views/open': request(Subject, Type.Object({ viewId: Id, address: Text })),
  /** What the plugin of a view has not been granted of its subject. */
  'views/missingGrants': request(
    Subject,
    Type.Object({
      missing: Type.Array(Type.Object({ id: Name, displayName: Text, capability: Text, device: Text }), { maxItems: 64 }),
    }),
  ),
  /** What a page asks its plugin. */
  'views/request': request(Type.Object({ viewId: Id, method: Name, params: Message }), Type.Object({ result: Message })),
  /** Unknown ones are closed already. */
  'views/close': request(Type.Object({ viewId: Id }), Empty),
  /** What the plugin tells the page. */
  'views/posted': notification(Type.Object({ viewId: Id, message: Message })),
  /** The plugin's process has ended, and the view with it. */
  'views/ended': notification(Type.Object({ viewId: Id, reason: Text })),
} as const;

/** Views: pages of a plugin that a workbench shows in a frame of their own, and what they and their plugin say to each other. */
import Type from 'typebox';
import { Empty, Id, Name } from './common';
import { CommandInput } from './commands';

const View = Type.Object({ viewId: Id });
/** Any JSON. A workbench takes at most 256 KiB of it from a page, and for a page. */
const Message = Type.Unknown();

export const messages = {
  /** Before the page is shown. What the view is opened on is there until it is closed, as for a command that runs. */
  'view/open': {
    params: Type.Object({
      /** As it is contributed. */
      view: Name,
      viewId: Id,
      /** `subject`: a device's id, or `{deviceId, partition}`; absent where the view is of nothing. */
      input: CommandInput,
      /** `subject`, as the user named it. */
      named: Type.Record(Type.String(), Type.String()),
    }),
    result: Empty,
    direction: 'toPlugin',
    capability: null,
    since: '0.2',
  },
  /** What the page asks of its plugin. */
  'view/request': {
    params: Type.Object({ viewId: Id, method: Name, params: Message }),
    result: Type.Object({ result: Message }),
    direction: 'toPlugin',
    capability: null,
    since: '0.2',
  },
  /** Unknown ones are closed already. */
  'view/close': { params: View, result: Empty, direction: 'toPlugin', capability: null, since: '0.2' },
  /** What the plugin tells the page; answered when the workbench has taken it. At most 16 at once a view; further ones are refused. */
  'view/post': {
    params: Type.Object({ viewId: Id, message: Message }),
    result: Empty,
    direction: 'toHost',
    capability: null,
    since: '0.2',
  },
} as const;

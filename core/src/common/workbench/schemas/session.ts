/** Settings, keybindings, the windows' own state, and the connection itself. */
import Type from 'typebox';
import { Digest, Empty, Name, oneOf, Text } from '@diskwright/sdk/protocol/schemas/common';
import { notification, nullable, request } from './shared';

const Document = oneOf('settings', 'keybindings');
const StateKey = Type.String({ pattern: '^[a-z][a-zA-Z0-9-]{0,63}$' });

export const messages = {
  'workbench/hello': request(
    Empty,
    Type.Object({
      version: Text,
      dataFolder: Text,
      /** The user's home, where choosing files begins. */
      home: Text,
      /** What is shown as the lab: images to try things on. */
      lab: Type.Array(Type.Object({ path: Text, title: Text, description: Text }), { maxItems: 64 }),
      /** Runs as root: may open disks. */
      root: Type.Boolean(),
    }),
  ),
  /** A command of the page shall run: a native menu, or another program asks for it. */
  'workbench/run': notification(Type.Object({ command: Name, args: Type.Unknown() })),
  /** What went wrong in the page, for the host's log. */
  'workbench/problem': request(Type.Object({ message: Text }), Empty),

  /** The text of a settings file as it lies in the data folder, comments and all; empty when there is none. */
  'settings/read': request(Type.Object({ document: Document }), Type.Object({ text: Type.String(), digest: Digest, path: Text })),
  /** Refused when the file is no longer the one of `digest`. */
  'settings/write': request(
    Type.Object({ document: Document, text: Type.String({ maxLength: 524288 }), digest: Digest }),
    Type.Object({ digest: Digest }),
  ),
  /** Changes one value in the file and leaves the rest of its text as it is; null takes the value out. */
  'settings/set': request(Type.Object({ key: Name, value: Type.Unknown() }), Empty),
  /** All values, defaults included; and what is wrong with the file. */
  'settings/values': request(
    Empty,
    Type.Object({ values: Type.Record(Type.String(), Type.Unknown()), problems: Type.Array(Text, { maxItems: 256 }) }),
  ),
  /** JSON Schema of every setting, of the core and of all plugins, by key. */
  'settings/schema': request(
    Empty,
    Type.Object({
      groups: Type.Array(
        Type.Object({ title: Text, plugin: nullable(Name), properties: Type.Record(Type.String(), Type.Unknown()) }),
        { maxItems: 1024 },
      ),
    }),
  ),
  'settings/changed': notification(Type.Object({ document: Document })),

  /** What windows keep on the host, by name: layout, open editors, bookmarks. Null when there is none. */
  'state/read': request(Type.Object({ key: StateKey }), Type.Object({ value: Type.Unknown() })),
  'state/write': request(Type.Object({ key: StateKey, value: Type.Unknown() }), Empty),
  /** To the other pages. */
  'state/changed': notification(Type.Object({ key: StateKey })),

  /** The last lines of the host's own log and of the sector service. */
  'logs/read': request(Type.Object({ log: oneOf('host', 'sector') }), Type.Object({ text: Type.String() })),
} as const;

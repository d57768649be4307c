/** Plugins as the user manages them. */
import Type from 'typebox';
import { Bytes, Count, Empty, Name, oneOf, Text } from '@diskwright/sdk/protocol/schemas/common';
import { notification, nullable, request } from './shared';

export const PluginEntry = Type.Object({
  id: Name,
  version: Text,
  displayName: Text,
  description: Text,
  folder: Text,
  state: oneOf('running', 'stopped', 'disabled', 'invalid', 'incompatible', 'inactive'),
  /** Turned off by the user; `disabled` may also come of crashes. */
  enabled: Type.Boolean(),
  /** What is wrong with it, or why it is disabled. */
  problems: Type.Array(Text, { maxItems: 256 }),
  /** Something else that the user has to know of it, such as why it went back to an older version. */
  note: nullable(Text),
  /** Null for the one that came with Diskwright. */
  installed: nullable(
    Type.Object({
      /** A path, or `npm:` and what was asked for. */
      source: Text,
      integrity: nullable(Text),
      /** ISO 8601. */
      installedAt: Text,
      /** The version to which a rollback leads. */
      previous: nullable(Text),
      /** The version that came with Diskwright, which counts again when this is removed. */
      builtIn: nullable(Text),
    }),
  ),
  capabilities: Type.Array(Text, { maxItems: 64 }),
  /** How its process is protected, and what protection is missing here, in sentences; empty when none runs. */
  protection: Type.Array(Text, { maxItems: 64 }),
  /** What it brings, in words: `filesystem ext2, ext3, ext4 (ext)`, `command Clone a disk (disk-clone.cloneDisk)`. */
  contributes: Type.Array(Text, { maxItems: 512 }),
  crashes: Count,
  /** The last time that a process of it ended although nobody had asked it to, and why; null: none is known. */
  lastStop: nullable(Type.Object({ time: Type.Number(), version: Text, reason: Text })),
  /** What it may take, in sentences. */
  limits: Type.Array(Text, { maxItems: 64 }),
  /** Of its running process; null when none runs. */
  process: nullable(
    Type.Object({
      pid: Type.Integer(),
      /** PSS; null where the system does not tell. */
      memory: nullable(Bytes),
      /** From its start to its first answer. */
      startMilliseconds: Type.Number(),
      /** How long its last heartbeat took; null before the first. */
      lagMilliseconds: nullable(Type.Number()),
      /** Over its leases, since it started. */
      bytesRead: Bytes,
      /** Lately, part of one processor; null before it is known. */
      processorPercent: nullable(Type.Number()),
      /** That it sent lately; null before it is known. */
      messagesPerSecond: nullable(Type.Number()),
      /** Characters that it wrote to its log, over all of its processes of this host. */
      logCharacters: Count,
      /** Lines of them that were dropped because they came too fast. */
      logDroppedLines: Count,
    }),
  ),
});
export const LogLine = Type.Object({
  time: Type.Number(),
  source: Text,
  level: oneOf('error', 'warn', 'info', 'debug'),
  text: Text,
});

const plugin = Type.Object({ id: Name });
const Installed = Type.Object({
  id: Name,
  /** In use now. */
  version: Text,
  previous: nullable(Text),
  /** False when that version was in use already. */
  changed: Type.Boolean(),
});

export const messages = {
  'plugins/list': request(Empty, Type.Object({ plugins: Type.Array(PluginEntry, { maxItems: 1024 }) })),
  'plugins/changed': notification(Empty),
  /** The last lines, oldest first. */
  'plugins/log': request(plugin, Type.Object({ lines: Type.Array(LogLine, { maxItems: 1000 }) })),
  'plugins/logged': notification(Type.Object({ id: Name, line: LogLine })),
  /** Lasting; a disabled plugin's process ends. Enabling forgets its crashes. */
  'plugins/setEnabled': request(Type.Object({ id: Name, enabled: Type.Boolean() }), Empty),
  /** Ends its process, and starts it again. */
  'plugins/restart': request(plugin, Empty),
  /** From a .tgz file, a folder, or the user's npm registry by name; tried before it is taken into use. */
  'plugins/install': request(Type.Object({ source: Text }), Installed),
  /** What the registry has now of a plugin that came from there. */
  'plugins/update': request(plugin, Installed),
  'plugins/rollback': request(plugin, Installed),
  /** With all its versions; one that came with Diskwright is in use again then. */
  'plugins/remove': request(plugin, Type.Object({ builtIn: nullable(Text) })),
} as const;

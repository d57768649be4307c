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
  state: oneOf('running', 'stopped', 'disabled', 'invalid', 'incompatible'),
  /** Turned off by the user; `disabled` may also come of crashes. */
  enabled: Type.Boolean(),
  /** What is wrong with it, or why it is disabled. */
  problems: Type.Array(Text, { maxItems: 256 }),
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
} as const;

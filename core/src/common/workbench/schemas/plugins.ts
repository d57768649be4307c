/** Plugins as the user manages them. */
import Type from 'typebox';
import { Bytes, Count, Empty, Name, oneOf, Text } from '@diskwright/sdk/protocol/schemas/common';
import { CommandInput } from '@diskwright/sdk/protocol/schemas/commands';
import { JobState } from '../../schemas/index';
import { notification, nullable, request } from './shared';

const PluginGrant = Type.Object({
  capability: Text,
  /** Null: for no device; a capability of devices may be asked for then. `key` is what `plugins/revoke` takes. */
  device: nullable(Type.Object({ key: Text, name: Text })),
});
const Waiting = Type.Object({ version: Text, asks: Type.Array(Text, { maxItems: 64 }) });

export const PluginEntry = Type.Object({
  id: Name,
  version: Text,
  displayName: Text,
  description: Text,
  folder: Text,
  state: oneOf('running', 'stopped', 'disabled', 'invalid', 'incompatible', 'inactive', 'blocked'),
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
      /** The fingerprint of the vendor's key with which it is signed; null when it is not. */
      signedBy: nullable(Text),
      /** ISO 8601. */
      installedAt: Text,
      /** The version to which a rollback leads. */
      previous: nullable(Text),
      /** The version that came with Diskwright, which counts again when this is removed. */
      builtIn: nullable(Text),
    }),
  ),
  capabilities: Type.Array(Text, { maxItems: 64 }),
  /** What the user granted it, a row for each capability, and of those of devices for each device; null for one that came with Diskwright, which has what it asks for. */
  grants: nullable(Type.Array(PluginGrant, { maxItems: 4096 })),
  /** A newer version that is not used before the user grants what it asks for besides; null: none. */
  waiting: nullable(Waiting),
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

/** As `AuditRecord`: what a plugin read of a device in one go, or what a job read or wrote by a plan of its. */
export const AuditEntry = Type.Object({
  id: Text,
  operation: oneOf('read', 'write'),
  /** Null where a job's plan does not say which plugin made it. */
  plugin: nullable(Text),
  version: Text,
  user: Type.Object({ id: Type.Number(), name: Text }),
  device: Text,
  /** ISO 8601, as `last`. */
  first: Text,
  last: Text,
  bytes: Bytes,
  requests: Count,
  /** Offset and length. */
  ranges: Type.Array(Type.Tuple([Bytes, Bytes]), { maxItems: 64 }),
  rounded: Type.Boolean(),
  job: Type.Optional(Type.Object({ id: Text, title: Text, command: Text, state: JobState })),
});

const plugin = Type.Object({ id: Name });
const Installed = Type.Object({
  id: Name,
  /** In use now. */
  version: Text,
  previous: nullable(Text),
  /** False when that version was in use already. */
  changed: Type.Boolean(),
  /** What was installed, when it is not used before the user grants what it asks for besides. */
  waiting: nullable(Waiting),
});

/** A package bears another key than its plugin was installed with before, or none: nothing is installed before the user agrees to just that. */
export const KeyChange = Type.Object({
  id: Name,
  /** Fingerprints, `SHA256:…`. */
  known: Text,
  /** Null: it is not signed. */
  now: nullable(Text),
});
/** To the message that was answered with it, once more: `now` of what the user agreed to. */
const acceptedKey = { acceptedKey: Type.Optional(nullable(Text)) };
const InstalledOrKey = Type.Union([Installed, Type.Object({ keyChange: KeyChange })]);

export const messages = {
  'plugins/list': request(Empty, Type.Object({ plugins: Type.Array(PluginEntry, { maxItems: 1024 }) })),
  'plugins/changed': notification(Empty),
  /** The last lines, oldest first. */
  'plugins/log': request(plugin, Type.Object({ lines: Type.Array(LogLine, { maxItems: 1000 }) })),
  'plugins/logged': notification(Type.Object({ id: Name, line: LogLine })),
  /** The newest records of the audit log that fit, the newest first; `whole` when there are no more. What is null fits all. */
  'plugins/audit': request(
    Type.Object({
      plugin: nullable(Text),
      /** As the user names it. */
      device: nullable(Text),
      operation: nullable(oneOf('read', 'write')),
      /** ISO 8601: what ended before it does not fit. */
      since: nullable(Text),
    }),
    Type.Object({ records: Type.Array(AuditEntry, { maxItems: 1000 }), whole: Type.Boolean() }),
  ),
  /** Lasting; a disabled plugin's process ends. Enabling forgets its crashes. */
  'plugins/setEnabled': request(Type.Object({ id: Name, enabled: Type.Boolean() }), Empty),
  /** Ends its process, and starts it again. */
  'plugins/restart': request(plugin, Empty),
  /** From a .tgz file, a folder, or the user's npm registry by name; tried before it is taken into use. */
  'plugins/install': request(Type.Object({ source: Text, ...acceptedKey }), InstalledOrKey),
  /** What the registry has now of a plugin that came from there. */
  'plugins/update': request(Type.Object({ id: Name, ...acceptedKey }), InstalledOrKey),
  /** Without a device, the capability may be asked for; a version that waits for it comes into use, which is the answer then. */
  'plugins/grant': request(
    Type.Object({ id: Name, capability: Text, device: nullable(Text) }),
    Type.Object({ used: nullable(Text) }),
  ),
  /** One capability or all, of a device by its key or of all; what is open over it is closed at once. */
  'plugins/revoke': request(Type.Object({ id: Name, capability: nullable(Text), key: nullable(Text) }), Empty),
  /** What the plugin of a command would have to be granted to run it with this input. */
  'plugins/missingGrants': request(
    Type.Object({ command: Name, input: CommandInput }),
    Type.Object({
      missing: Type.Array(Type.Object({ id: Name, displayName: Text, capability: Text, device: Text }), { maxItems: 64 }),
    }),
  ),
  'plugins/rollback': request(plugin, Installed),
  /** With all its versions; one that came with Diskwright is in use again then. */
  'plugins/remove': request(plugin, Type.Object({ builtIn: nullable(Text) })),
} as const;

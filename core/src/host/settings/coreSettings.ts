import type { InputField } from '@diskwright/sdk/protocol';

/** Settings as they stand together in lists. */
export interface SettingGroup {
  title: string;
  /** Id of the plugin that they are of; null for those of Diskwright itself. */
  plugin: string | null;
  /** By key; each with a default. */
  properties: Record<string, InputField>;
}

/** Every setting of Diskwright itself. Its defaults, its checks, the settings view and the completion in settings.json all come from here. */
export const CORE_SETTINGS: readonly SettingGroup[] = [
  {
    title: 'Workbench',
    plugin: null,
    properties: {
      'workbench.theme': {
        type: 'string',
        title: 'Colour theme',
        description: '"system" follows the desktop, its wish for more contrast included.',
        enum: ['system', 'light', 'dark', 'high-contrast-dark', 'high-contrast-light'],
        default: 'system',
      },
      'workbench.reduceMotion': {
        type: 'string',
        title: 'Reduce motion',
        description: 'Whether things appear without moving; "system" follows the desktop.',
        enum: ['system', 'on', 'off'],
        default: 'system',
      },
      'workbench.restoreSession': {
        type: 'boolean',
        title: 'Restore session',
        description: 'Open editors and the arrangement of views come back when a window is opened.',
        default: true,
      },
      'notifications.seconds': {
        type: 'integer',
        title: 'Notification time',
        description: 'Seconds until a notification without a choice goes by itself; 0: it stays until it is closed.',
        minimum: 0,
        maximum: 600,
        default: 10,
      },
    },
  },
  {
    title: 'Sectors',
    plugin: null,
    properties: {
      'sectors.bytesPerRow': {
        type: 'integer',
        title: 'Bytes per row',
        description:
          'Bytes in a row of the sector editor; 0: 8, 16, 32 or 64, as many as fit. Fewer are shown where there is less room.',
        minimum: 0,
        maximum: 64,
        default: 0,
      },
      'sectors.groupBytes': {
        type: 'integer',
        title: 'Group bytes',
        description: 'Bytes that stand together before a wider space; 0: all of a row.',
        minimum: 0,
        maximum: 64,
        default: 8,
      },
      'sectors.offsetFormat': {
        type: 'string',
        title: 'Offset format',
        description: 'How the place of a row is written: in bytes, as sector and byte, or from the start of the partition.',
        enum: ['hexadecimal', 'decimal', 'sector', 'partition'],
        default: 'hexadecimal',
      },
      'sectors.fontSize': {
        type: 'integer',
        title: 'Font size',
        description: 'Pixels.',
        minimum: 8,
        maximum: 32,
        default: 13,
      },
    },
  },
  {
    title: 'Layout',
    plugin: null,
    properties: {
      'layout.sizes': {
        type: 'string',
        title: 'Sizes',
        description: '"binary": powers of 1024 (GiB); "decimal": powers of 1000 (GB).',
        enum: ['binary', 'decimal'],
        default: 'binary',
      },
    },
  },
  {
    title: 'Devices and plugins',
    plugin: null,
    properties: {
      'devices.pollSeconds': {
        type: 'integer',
        title: 'Look for devices',
        description: 'Seconds between looks at what is plugged in and mounted, while a window is open.',
        minimum: 1,
        maximum: 3600,
        default: 2,
      },
      'plugins.disabled': {
        type: 'array',
        title: 'Disabled plugins',
        description: 'Ids of plugins that are not started.',
        items: { type: 'string' },
        maxItems: 1024,
      },
      'plugins.blocked': {
        type: 'array',
        title: 'Blocked plugins',
        description: 'Versions of plugins that are never started, such as "vendor.echo <2.0.0: it loses data".',
        items: { type: 'string' },
        maxItems: 1024,
      },
      'plugins.idleSeconds': {
        type: 'integer',
        title: 'Idle time of plugins',
        description: "Seconds without use after which a plugin's process ends.",
        minimum: 1,
        maximum: 86400,
        default: 60,
      },
      'plugins.limits.memoryMebibytes': {
        type: 'integer',
        title: 'Memory of a plugin',
        description:
          'MiB that a process of a plugin may use before it is stopped. Holds for processes that are started afterwards.',
        minimum: 128,
        maximum: 65536,
        default: 512,
      },
      'plugins.limits.messagesPerSecond': {
        type: 'integer',
        title: 'Messages of a plugin',
        description: 'Messages a second that a plugin may send before it is stopped; four times as many may come at once.',
        minimum: 100,
        maximum: 1_000_000,
        default: 4000,
      },
      'providers.preferred': {
        type: 'array',
        title: 'Preferred providers',
        description: 'Ids of filesystem and partition table providers that are taken before others, the first most.',
        items: { type: 'string' },
        maxItems: 256,
      },
    },
  },
];

/** What a setting is without the user's word: lists are empty. */
export function defaultOf(field: InputField): unknown {
  return field.type === 'array' ? [] : field.default;
}

import type { ContextValue } from '../api';
import type { DeviceTarget } from './deviceTarget';

/** Rows that do something at a click: show more structures, stop waiting for a device, read it again, ask for a passphrase. */
const ACTIONS = ['more', 'cancel', 'again', 'unlock'] as const;
export const isAction = ({ kind }: TreeNode): boolean => (ACTIONS as readonly string[]).includes(kind);

/** A row of the devices tree. */
export interface TreeNode {
  /** Stays the same while the thing does. */
  id: string;
  level: number;
  kind: 'group' | 'device' | 'table' | 'volume' | 'structure' | 'note' | (typeof ACTIONS)[number];
  icon: string;
  label: string;
  /** Behind the label, quieter. */
  description: string;
  /** In a word each, after the label. */
  badges: { readOnly: boolean; system: boolean; mounted: readonly string[] } | null;
  /** Null when there is nothing under it. */
  expanded: boolean | null;
  /** What commands on it are about; null for groups and notes. */
  target: DeviceTarget | null;
  /** Hold while its menu is open: `deviceKind`, `isVolume`. */
  keys: Record<string, ContextValue>;
  /** For `more` and `structure`: whose structures. */
  scope?: number | null;
  error?: boolean;
}

import type { OpenedDevice } from '../../../common';

/** What tells devices apart for grants. */
export type GrantedDevice = Pick<OpenedDevice, 'path' | 'identity'>;

/**
 * A device's name in the file of grants. What is plugged in elsewhere or written anew stays the same device; so what is known of it by its maker counts
 * first, and its content never.
 */
export function deviceKey({ path, identity: { kind, size, model, serial } }: GrantedDevice): string {
  if (serial !== null) return `serial ${serial} of ${model ?? 'no model'}, ${size} bytes`;
  return kind === 'block' ? `block device ${path} of ${size} bytes` : `${kind} ${path}`;
}

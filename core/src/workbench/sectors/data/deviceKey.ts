import type { OpenedDevice } from '../../../common';

/** What a device is called in kept state: by model and serial where it has both, since a disk's path may be another after the next start. */
export function deviceKey({ path, identity, size }: OpenedDevice): string {
  const { model, serial } = identity;
  return model && serial ? `${model} ${serial} ${size}` : path;
}

/** A state key for what is kept of one device: `staged-<32 hex digits>`. */
export async function deviceStateKey(prefix: string, device: OpenedDevice): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(deviceKey(device)));
  const digits = Array.from(new Uint8Array(digest).subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0'));
  return `${prefix}-${digits.join('')}`;
}

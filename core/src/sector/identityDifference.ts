import type { DeviceIdentity } from '@diskwright/sdk/protocol';

const WORDS: [keyof DeviceIdentity, string][] = [
  ['kind', 'kind'],
  ['size', 'size'],
  ['sectorSize', 'sector size'],
  ['model', 'model'],
  ['serial', 'serial number'],
];

/** In words, what of a device is not as it was; null when it is the same device with the same content at both ends. */
export function identityDifference(expected: DeviceIdentity, found: DeviceIdentity): string | null {
  for (const [key, word] of WORDS) {
    if (expected[key] !== found[key]) return `its ${word} is ${found[key] ?? 'unknown'}, not ${expected[key] ?? 'unknown'}`;
  }
  return expected.fingerprint === found.fingerprint ? null : 'its partition table or what stands at its ends is another';
}

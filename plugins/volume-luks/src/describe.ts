import type { ContainerDescription } from '@diskwright/sdk/protocol';
import { formatBytes } from '@diskwright/sdk/plan';
import type { KeySlot, LuksHeader } from './header/luksHeader';

/** The only device of a container. */
export const DEVICE_NAME = 'luks';

/** @param opened the name of the key slot whose passphrase was given */
export function describe(header: LuksHeader, opened: string): ContainerDescription {
  const { version, label, uuid, data, keySlots, warnings } = header;
  return {
    type: 'crypto_LUKS',
    label,
    uuid,
    details: [
      ['version', `LUKS${version}`],
      ['encryption', `${data.encryption.name}, key of ${data.encryption.keyBytes * 8} bits`],
      ['encrypted in sectors of', `${data.sectorBytes} bytes`],
      ['key slots', keySlots.map(slotInWords).join(', ')],
      ['opened by', `key slot ${opened}`],
      ['data begin at', formatBytes(data.offset)],
    ],
    warnings: [...warnings],
    // Sectors of 1024 and 2048 bytes are those of no disk; what lies in the container has the volume's then, as with 512.
    devices: [{ name: DEVICE_NAME, size: data.size, sectorSize: data.sectorBytes === 4096 ? 4096 : null }],
  };
}

function slotInWords({ name, derivation }: KeySlot): string {
  if (derivation.type === 'pbkdf2') return `${name} (PBKDF2, ${derivation.iterations} rounds)`;
  const { type, passes, memoryKibibytes, lanes } = derivation;
  return `${name} (${type}, ${passes} passes over ${Math.ceil(memoryKibibytes / 1024)} MiB in ${lanes} lanes)`;
}

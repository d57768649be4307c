import type { OpenContainer } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { RefusedError, SecretNeededError } from '@diskwright/sdk/errors';
import { openCipher } from './cipher/encryption';
import { describe, DEVICE_NAME } from './describe';
import { readHeader } from './header/readHeader';
import type { DerivationLimits } from './keys/keyDerivation';
import { unlock } from './keys/unlock';
import { LuksDevice } from './luksDevice';

/** What was given to open a container with: a passphrase, a key file, or both, where either may be meant. */
export interface GivenSecret {
  passphrase: string | null;
  keyFile: Buffer | null;
}

/**
 * Opens a container with a passphrase or a key file.
 * @throws SecretNeededError, DamagedStructureError, NotSupportedError naming the feature
 */
export async function openLuks(
  member: BlockSource,
  given: GivenSecret,
  limits: DerivationLimits,
  signal: AbortSignal,
): Promise<OpenContainer> {
  const header = await readHeader(member, signal);
  // What cannot be decrypted anyway was refused before anybody is asked for a passphrase.
  const secrets = secretsIn(given);
  if (secrets.length === 0) {
    throw new SecretNeededError(`the volume is encrypted with LUKS${header.version}, and its passphrase is needed`, {
      wrong: false,
    });
  }
  const { key, slot } = await unlock(header, member, secrets, limits, signal).finally(() =>
    secrets.forEach((secret) => secret.fill(0)),
  );
  const { data } = header;
  const device = new LuksDevice(member, data, openCipher(data.encryption, key, data.sectorBytes));
  key.fill(0);
  return {
    describe: () => describe(header, slot),
    device: (name) => {
      if (name !== DEVICE_NAME) throw new RefusedError(`the container has no device "${name}", only "${DEVICE_NAME}"`);
      return device;
    },
  };
}

/** The passphrase first: a file of one line, which editors end with a line end, holds one as a rule. */
function secretsIn({ passphrase, keyFile }: GivenSecret): Buffer[] {
  const secrets = [...(passphrase === null ? [] : [Buffer.from(passphrase, 'utf8')]), ...(keyFile === null ? [] : [keyFile])];
  return secrets.filter(({ length }) => length > 0);
}

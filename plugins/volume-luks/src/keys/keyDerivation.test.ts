import { expect, test } from 'vitest';
import { deriveKey, type KeyDerivation } from './keyDerivation';

const MIB = 1024 * 1024;
const limits = { iterations: 1_000_000, memoryBytes: 64 * MIB, workBytes: 4096 * MIB };
const salt = Buffer.alloc(32, 7);

function argon2id(memoryMebibytes: number, passes: number): KeyDerivation {
  return { type: 'argon2id', passes, memoryKibibytes: memoryMebibytes * 1024, lanes: 1, salt };
}

const derive = (derivation: KeyDerivation, signal = new AbortController().signal): Promise<Buffer> =>
  deriveKey(Buffer.from('secret'), derivation, 64, limits, signal);

test('a key that takes more memory than there is says how much, and what to do', async () => {
  await expect(derive(argon2id(1024, 4))).rejects.toMatchObject({
    code: 'NotSupported',
    message: 'a key of the LUKS container takes 1024 MiB of memory, and the plugin may use 64 MiB for that',
    detail: { todo: expect.stringContaining('plugins.limits.memoryMebibytes') },
  });
});

test('a key that takes too much work is refused', async () => {
  await expect(derive(argon2id(64, 65))).rejects.toMatchObject({
    code: 'NotSupported',
    message: expect.stringContaining('65 passes'),
  });
});

test.each([
  ['Argon2', argon2id(64, 60)],
  ['PBKDF2', { type: 'pbkdf2', hash: 'sha256', iterations: 1_000_000, salt }],
] satisfies [string, KeyDerivation][])('%s is left at once when it is cancelled', async (_, derivation) => {
  const aborted = new AbortController();
  const deriving = derive(derivation, aborted.signal);
  aborted.abort(new Error('cancelled'));
  await expect(deriving).rejects.toThrow('cancelled');
});

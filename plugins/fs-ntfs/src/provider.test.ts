import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { checkFilesystemProvider, toolsMissing } from '@diskwright/sdk/testing';
import { ntfsProvider } from './provider';
import { ntfsTools } from './testing/ntfsImage';
import { newImage } from './testing/openImage';

describe.skipIf(toolsMissing(...ntfsTools))('the provider of NTFS', () => {
  test('holds what every provider does', { timeout: 120_000 }, async () => {
    const { path } = newImage().format(2 * 1024 * 1024);
    // The boot sector and the records of the system's files.
    const damageAt = Array.from({ length: 400 }, (_, index) => (index < 90 ? index : 16384 + (index - 90) * 53));
    await checkFilesystemProvider({ provider: ntfsProvider, volume: readFileSync(path), damageAt });
  });
});

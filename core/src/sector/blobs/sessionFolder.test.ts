import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newSessionFolder, removeDeadSessions } from './sessionFolder';

test('what dead services left is removed; what lives or is no session stays', async () => {
  const staging = await mkdtemp(join(tmpdir(), 'diskwright-staging-'));
  onTestFinished(() => rm(staging, { recursive: true, force: true }));
  const alive = basename(newSessionFolder(staging));
  // Beyond the largest process number that Linux gives.
  const dead = `4194305-${'0'.repeat(16)}`;
  for (const name of [alive, dead, 'something else']) await mkdir(join(staging, name));
  await removeDeadSessions(staging);
  expect((await readdir(staging)).sort()).toEqual([alive, 'something else'].sort());
});

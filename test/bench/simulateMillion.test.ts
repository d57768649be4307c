import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { ExtentListBuilder } from '@diskwright/sdk/extents';
import { PlanBuilder } from '../support/planBuilder';
import { scratchFolder } from '../support/scratch';
import { identify } from '../support/testContext';
import { EmptyNode } from './emptyNode';

const EXTENTS = 1_000_000;
const SIZE = 1024 ** 4;

it('simulates a stored plan with a million extents in the time and memory that are left to the service', async () => {
  const folder = await scratchFolder();
  const identity = await identify(new EmptyNode('/source', SIZE));
  const extents = new ExtentListBuilder();
  for (let i = 0; i < EXTENTS; i++) extents.add(i * 1_048_576 + 4096, 4096 + (i % 100) * 4096);
  const builder = new PlanBuilder()
    .device('source', 'source', '/source', identity)
    .device('target', 'target', '/target', identity)
    .zero('invalidate', ['target', 0], 1024 * 1024)
    .copy('content', ['source', 0], ['target', 0], extents.build())
    .verify('content', 'target');
  const { digest } = await builder.save(join(folder, 'plan'));
  await writeFile(join(folder, 'about.json'), JSON.stringify({ digest, size: SIZE }));
  const program = join(folder, 'simulate.cjs');
  const entry = join(import.meta.dirname, 'simulateMillion.entry.ts');
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', target: 'node20', logLevel: 'error' });
  const addon = join(import.meta.dirname, '..', '..', 'native', 'build', 'Release');
  const output = execFileSync(process.execPath, [program, folder], {
    encoding: 'utf8',
    env: { ...process.env, DISKWRIGHT_NATIVE: addon },
  });
  const result = JSON.parse(output) as { simulateMs: number; openMs: number; pssMiB: number };
  process.stdout.write(`${output}\n`);
  expect(result.simulateMs).toBeLessThan(300);
  expect(result.pssMiB).toBeLessThan(90);
});

/** Bundled and run by simulateMillion.test.ts in a process of its own: simulates the plan in the folder of its argument and prints what it took. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSimulator } from '../../core/src/sector/plan/simulator';
import { testContext } from '../support/testContext';
import { EmptyNode } from './emptyNode';

async function main(folder: string): Promise<void> {
  const { digest, size } = JSON.parse(await readFile(join(folder, 'about.json'), 'utf8')) as { digest: string; size: number };
  const test = testContext(folder);
  for (const path of ['/source', '/target']) test.devices.set(path, new EmptyNode(path, size));
  const started = performance.now();
  const params = {
    planPath: join(folder, 'plan'),
    blobsFolder: join(folder, 'plan.blobs'),
    digest,
    overlay: 'million',
    paths: {},
  };
  await createSimulator(test.context, test.overlays).simulate(params);
  const simulated = performance.now();
  const overlay = await test.overlays.open('million', false);
  const opened = performance.now();
  await overlay.read(size / 2, 1024 * 1024);
  await overlay.dispose();
  const pss = /^Pss:\s+(\d+)/m.exec(await readFile('/proc/self/smaps_rollup', 'utf8'))?.[1];
  const result = { simulateMs: simulated - started, openMs: opened - simulated, pssMiB: Number(pss) / 1024 };
  process.stdout.write(JSON.stringify(result));
}

void main(process.argv[2]!);

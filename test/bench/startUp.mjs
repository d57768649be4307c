// `layout` of a GPT image with FAT and ext4, everything started and ended, beside a bare `node -e 0`, interleaved; and the memory of the whole tree.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLab } from '../../scripts/lab.mjs';
import { diskwright, median, run } from './run.mjs';

const rounds = Number(process.argv[2] ?? 21);
const folder = mkdtempSync(join(tmpdir(), 'diskwright-bench-'));
try {
  const { disk } = await makeLab(folder);
  const env = { DISKWRIGHT_HOME: join(folder, 'home') };
  const layout = [diskwright, 'layout', disk];
  await run(process.execPath, layout, { env });
  const bare = [];
  const whole = [];
  for (let round = 0; round < rounds; round++) {
    bare.push((await run(process.execPath, ['-e', '0'])).milliseconds);
    whole.push((await run(process.execPath, layout, { env })).milliseconds);
  }
  const memory = await run(process.execPath, layout, { env, memory: true });
  const [bareMs, layoutMs] = [median(bare), median(whole)];
  console.log(
    `bare node -e 0: ${bareMs.toFixed(1)} ms; layout: ${layoutMs.toFixed(1)} ms; ratio ${(layoutMs / bareMs).toFixed(2)} (medians of ${rounds}, interleaved)`,
  );
  console.log(`memory of the tree: ${(memory.pss / 2 ** 20).toFixed(0)} MiB PSS in ${memory.processes} processes`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

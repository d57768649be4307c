// Everyone after the other, round by round.
import { rmSync } from 'node:fs';
import { run } from '../run.mjs';
import { processorTime } from './processorTime.mjs';

/**
 * A first round is not counted: what is measured is the programs, so that the sample is in the page cache. A last one is for memory alone, since looking at that costs time.
 * @param contenders by name, a command
 * @param given `rounds`; `env`; `into`, the file that their output goes to; `before`, called before each run; `report`
 * @returns `figures` by name, a list of `{milliseconds, cpuSeconds}`; `peaks` by name, the largest PSS of all processes in bytes
 */
export async function measureAll(contenders, { rounds, env, into, before = () => undefined, report }) {
  const figures = {};
  const peaks = {};
  const time = processorTime();
  // Memory that another has just given back is had sooner than what nobody used for long: everyone begins after such a removal.
  const prepare = () => {
    rmSync(into, { force: true });
    before();
  };
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const [name, command] of Object.entries(contenders)) {
        prepare();
        const busy = time.seconds();
        const { milliseconds } = await run(...time.wrap(command), { env, into });
        const cpuSeconds = time.seconds() - busy;
        if (round > 0) (figures[name] ??= []).push({ milliseconds, cpuSeconds });
        report(
          `${name}: ${milliseconds.toFixed(0)} ms, ${cpuSeconds.toFixed(2)} s of processors${round > 0 ? '' : ', not counted'}`,
        );
      }
    }
    for (const [name, command] of Object.entries(contenders)) {
      prepare();
      peaks[name] = (await run(...command, { env, into, memory: true })).pss;
    }
  } finally {
    rmSync(into, { force: true });
    time.dispose();
  }
  return { figures, peaks };
}

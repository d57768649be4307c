// The processors' time of a command and of all that it starts, also of what outlives it or changes its parent: a control group counts it. Needs root.
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** @returns what counts: `wrap` has a command counted, `seconds` are those so far; `dispose` when nothing runs in it any more */
export function processorTime() {
  const [, mounted] = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , type]) => type === 'cgroup2');
  const group = join(mounted, `diskwright-bench-${process.pid}`);
  mkdirSync(group);
  return {
    wrap: ([command, args]) => ['sh', ['-c', `echo 0 > ${join(group, 'cgroup.procs')} && exec "$@"`, 'sh', command, ...args]],
    seconds: () => Number(/^usage_usec (\d+)/m.exec(readFileSync(join(group, 'cpu.stat'), 'utf8'))[1]) / 1e6,
    dispose: () => rmdirSync(group),
  };
}

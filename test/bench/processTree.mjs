// Memory of a process and all that it started: the sum of PSS, sampled while it runs.
import { readdirSync, readFileSync } from 'node:fs';

/** Every process, with its parent and session, by /proc/PID/stat. */
function processes() {
  const found = [];
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      found.push({ pid: Number(pid), parent: Number(fields[1]) });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/** PSS in bytes of `rootPid` and its descendants. */
export function pssOfTree(rootPid) {
  const all = processes();
  const tree = new Set([rootPid]);
  for (let grown = true; grown;) {
    grown = false;
    for (const { pid, parent } of all) {
      if (tree.has(parent) && !tree.has(pid)) {
        tree.add(pid);
        grown = true;
      }
    }
  }
  let total = 0;
  for (const pid of tree) {
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      total += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)[1]) * 1024;
    } catch {
      // It ended meanwhile.
    }
  }
  return { pss: total, processes: tree.size };
}

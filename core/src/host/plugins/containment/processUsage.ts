import { readFile } from 'node:fs/promises';

/** What a process and all below it take. */
export interface ProcessUsage {
  /** Private and shared anonymous memory that is resident, in bytes. */
  memoryBytes: number;
  threads: number;
  processes: number;
  /** Processor time that the processes alive have used, in milliseconds. */
  processorMilliseconds: number;
}

/** A tree larger than this is counted so far only: whoever looks has seen enough. */
const MAX_PROCESSES = 1024;
/** `sysconf(_SC_CLK_TCK)` is 100 on every architecture of Linux that Node runs on. */
const MILLISECONDS_PER_TICK = 10;

/** Null when the process has ended, or the system does not tell. */
export async function processUsage(pid: number): Promise<ProcessUsage | null> {
  const total: ProcessUsage = { memoryBytes: 0, threads: 0, processes: 0, processorMilliseconds: 0 };
  const pids = [pid];
  for (let index = 0; index < pids.length; index++) {
    const [status, stat, children] = await Promise.all(
      ['status', 'stat', `task/${pids[index]}/children`].map((name) =>
        readFile(`/proc/${pids[index]}/${name}`, 'latin1').catch(() => ''),
      ),
    );
    if (!status) continue;
    total.processes++;
    total.threads += field(status, 'Threads');
    total.memoryBytes += (field(status, 'RssAnon') + field(status, 'RssShmem')) * 1024;
    total.processorMilliseconds += processorMilliseconds(stat!);
    if (pids.length < MAX_PROCESSES) pids.push(...children!.trim().split(' ').filter(Boolean).map(Number));
  }
  return total.processes === 0 ? null : total;
}

function field(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}

/** The name in parentheses may hold anything, parentheses too; `utime` and `stime` are the 12th and 13th behind it. */
function processorMilliseconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * MILLISECONDS_PER_TICK;
}

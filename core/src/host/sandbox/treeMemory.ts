import { readFile } from 'node:fs/promises';

/** A tree deeper or wider than this is none of ours. */
const MAX_PROCESSES = 64;

/** What a process and all below it cost: the sum of their PSS, in bytes. Null where the system does not tell. */
export async function treeMemory(pid: number): Promise<number | null> {
  const pids = [pid];
  for (let index = 0; index < pids.length && pids.length < MAX_PROCESSES; index++) pids.push(...(await childrenOf(pids[index]!)));
  const sizes = await Promise.all(pids.map(pssOf));
  const known = sizes.filter((size) => size !== null);
  return known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0);
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

async function pssOf(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const match = /^Pss:\s+(\d+) kB$/m.exec(text);
  return match ? Number(match[1]) * 1024 : null;
}

/** A program that is there and does not answer. */
import { readdir, readFile } from 'node:fs/promises';
import { waitFor } from './waitFor';

/** Stops a process (SIGSTOP); resolves once each of its threads has stopped: the signal takes its time on a busy machine. SIGCONT lets it go on. */
export async function suspend(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await waitFor(async () => (await threadStates(pid)).every((state) => state === 'T'), `process ${pid} has stopped`);
}

async function threadStates(pid: number): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/status`, 'utf8')));
  return texts.map((text) => /^State:\s+(\S)/m.exec(text)![1]!);
}

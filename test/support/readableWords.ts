/** Where words can be read that are to be read nowhere. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether any process of this system has these words in its arguments or its environment, while something goes on. */
export async function shownByProcesses(words: string, action: Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  let ended = false;
  const end = action.finally(() => (ended = true));
  while (!ended) {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid)))
      for (const file of ['cmdline', 'environ'])
        if ((await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')).includes(words)) found.push(`${pid}/${file}`);
  }
  await end;
  return found;
}

/** The files below a folder that hold these words. */
export async function filesWith(folder: string, words: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const));
  return contents.flatMap(([file, content]) => (content.includes(words) ? [file] : []));
}

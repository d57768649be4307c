/** The author's guide quotes files of the example plugins, which other tests build and run: nothing in it is made up. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectFolder } from '../support/cli';

const guide = join(projectFolder, 'docs', 'plugins.md');
const lines = (await readFile(guide, 'utf8')).split('\n');

interface Sample {
  line: number;
  /** The file that the nearest line `[name](path):` above names. */
  file: string | null;
  text: string[];
}

/** Every block of code; blocks of commands and of output are no samples. */
function samples(): Sample[] {
  const found: Sample[] = [];
  let file: string | null = null;
  let open: Sample | null = null;
  lines.forEach((line, index) => {
    const named = /^\[[^\]]+\]\(([^)]+)\):$/.exec(line);
    if (named) file = join(dirname(guide), named[1]!);
    else if (open && line === '```') open = null;
    else if (open) open.text.push(line);
    else if (/^```(ts|js|json)$/.test(line)) found.push((open = { line: index + 1, file, text: [] }));
    else if (line.startsWith('## ')) file = null;
  });
  return found;
}

/** As in another indentation; of JSON, in other line breaks as well. */
function plain(text: string, file: string): string {
  if (file.endsWith('.json')) return text.replace(/\s+/g, '');
  return text.replace(/^[ \t]+|[ \t]+$/gm, '');
}

describe('samples', () => {
  test('there are some', () => {
    expect(samples().length).toBeGreaterThan(20);
  });

  test.each(samples())('the one in line $line stands in its file', async ({ file, text }) => {
    expect(file, 'the guide must say which file it quotes').not.toBeNull();
    expect(plain(await readFile(file!, 'utf8'), file!)).toContain(plain(text.join('\n'), file!));
  });
});

test('every link leads somewhere', async () => {
  for (const [, target] of lines.join('\n').matchAll(/\]\(([^)#]+)\)/g)) {
    const path = join(dirname(guide), target!);
    await expect(
      readFile(path).catch((error: NodeJS.ErrnoException) => error.code),
      target,
    ).resolves.not.toBe('ENOENT');
  }
});

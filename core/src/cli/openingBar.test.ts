import { expect, test } from 'vitest';
import type { ImageProgress } from '../common';
import { openingBar } from './openingBar';

const copied = (done: number): ImageProgress => ({
  path: '/a/disk.img.gz',
  reached: { step: 'copy', file: 'disk.img.gz', done, total: 400 },
});

test('what is done is drawn on the terminal, and taken away when the image is open, or the command is cancelled', () => {
  const written: string[] = [];
  const output = { isTTY: true, columns: 100, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const control = new AbortController();
  const show = openingBar(output, control.signal);
  show(copied(0));
  show(copied(100));
  expect(written.at(-1)).toContain('25 %  Decompressing disk.img.gz');
  show({ path: '/a/disk.img.gz', reached: null });
  expect(written.at(-1)).toBe('\r\x1b[2K');
  show(copied(200));
  control.abort();
  expect(written.at(-1)).toBe('\r\x1b[2K');
  const count = written.length;
  show(copied(300));
  expect(written).toHaveLength(count);
});

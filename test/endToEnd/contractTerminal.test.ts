/** On a terminal: what is asked before something is written, and the progress bar. The terminal is that of util-linux's `script`. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Lab, makeLab } from '../support/lab';
import { onTerminal } from '../support/onTerminal';
import { scratchFolder } from '../support/scratch';
import { sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

requireTool('script');

async function setting(): Promise<Pick<Lab, 'home' | 'disk' | 'bigger' | 'smaller'>> {
  const folder = await scratchFolder();
  return { home: join(folder, 'home'), ...(await makeLab(folder)) };
}

describe('before a clone', () => {
  test('onto a disk with nothing on it, yes is asked for', async () => {
    const { home, disk, bigger } = await setting();
    const { status, shown } = await onTerminal(['clone', 'disk', disk, bigger], home, 'yes\n');
    expect(shown).toMatch(/Nothing is recognised on .*\nType yes to go ahead: yes/);
    expect(shown).toMatch(/Done in .*copied and verified/);
    expect(status).toBe(0);
  });

  test.each([
    ['another word', 'yes\n'],
    ['Ctrl+C', '\x03'],
    ['Ctrl+D', '\x04'],
  ])('onto a disk with data its name is asked for, and nothing is written after %s', async (_, answer) => {
    const { home, disk, smaller } = await setting();
    const before = await sha256OfFile(disk);
    const { status, shown } = await onTerminal(['clone', 'disk', smaller, disk], home, answer);
    expect(shown).toMatch(/On the target now:[^]*photos[^]*Type demo-disk\.img to go ahead: /);
    expect(shown).toMatch(/not confirmed; nothing was written/);
    expect(await sha256OfFile(disk)).toBe(before);
    expect(status).toBe(130);
  });
});

test('before a clone of a partition, it alone is named', async () => {
  const { home, disk, bigger } = await setting();
  await onTerminal(['clone', 'disk', disk, bigger, '--yes'], home);
  const { status, shown } = await onTerminal(['clone', 'partition', `${disk}#2`, `${bigger}#3`], home, 'bigger-disk.img#3\n');
  expect(shown).toMatch(/what is in partition 3 \(vfat "STICK"\) will be replaced; the rest stays/);
  expect(status).toBe(0);
});

test('progress is a bar that is taken away at the end', async () => {
  const { home, disk, bigger } = await setting();
  const { shown } = await onTerminal(['clone', 'disk', disk, bigger, '--yes'], home);
  expect(shown).toMatch(/\r\x1b\[2K[█░]+ +\d+ %/);
  expect(shown).toMatch(/\r\x1b\[2KDone in/);
});

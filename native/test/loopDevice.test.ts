import { execFileSync } from 'node:child_process';
import { linkSync, rmSync, statSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireRoot, requireTool } from '../../test/support/tools';
import { file, MiB, native, open } from './support';

function attached(path: string, ...options: string[]): string {
  const device = execFileSync('losetup', ['--find', '--show', ...options, path], { encoding: 'utf8' }).trim();
  onTestFinished(() => void execFileSync('losetup', ['--detach', device]));
  return device;
}

describe('the file of a loop device', () => {
  it('is known by device number and inode, also when its name is gone', () => {
    requireRoot();
    requireTool('losetup');
    const path = file(4 * MiB);
    const other = `${path}.other`;
    linkSync(path, other);
    const fd = open(attached(path, '--offset', '8192', '--read-only'));
    const { dev, ino } = statSync(path, { bigint: true });
    const expected = {
      major: Number((dev >> 8n) & 0xfffn),
      minor: Number((dev & 0xffn) | ((dev >> 12n) & 0xfff00n)),
      inode: Number(ino),
    };
    expect(native.loopBacking(fd)).toEqual({ ...expected, offset: 8192 });
    rmSync(path);
    expect(native.loopBacking(fd)).toEqual({ ...expected, offset: 8192 });
  });

  it('is null for what is no loop device', () => {
    expect(native.loopBacking(open(file(MiB)))).toBeNull();
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runTool, toolsMissing } from '@diskwright/sdk/testing';
import { BtrfsImage, btrfsTools } from '../testing/btrfsImage';
import { openImage, signal } from '../testing/openImage';

const cannotMount = toolsMissing(...btrfsTools) || process.getuid?.() !== 0;

describe.skipIf(cannotMount)('subvolumes', () => {
  test('are listed, hang where they hang, and are reached by their numbers', async () => {
    const image = new BtrfsImage();
    onTestFinished(() => image.remove());
    let listed = '';
    image.format(300 * 1024 * 1024, []).mounted((folder) => {
      const run = (...args: string[]): string => runTool('btrfs', ['subvolume', ...args]);
      run('create', join(folder, 'home'));
      run('create', join(folder, 'home', 'nested'));
      writeFileSync(join(folder, 'home', 'nested', 'file'), 'inside');
      run('snapshot', '-r', join(folder, 'home'), join(folder, 'snapshot'));
      run('set-default', '257', folder);
      listed = run('list', '-u', '-q', folder);
    });
    const filesystem = await openImage(image.path);
    const { details } = await filesystem.info(signal);
    const rows = new Map(details);
    expect(rows.get('default subvolume')).toBe('257, /home/nested');
    expect(rows.get('subvolumes')).toBe('3');
    expect(rows.get('subvolume 258')).toBe('/snapshot, a snapshot, read-only');
    for (const [, id, parent, uuid] of listed.matchAll(/ID (\d+) .* parent_uuid (\S+) .*uuid (\S+) path/g)) {
      const stat = new Map((await filesystem.files!.stat!(`${id}/256`, signal)).details);
      expect([stat.get('subvolume UUID'), stat.get('snapshot of UUID') ?? '-']).toEqual([uuid, parent]);
    }
    const file = await filesystem.files!.lookup!('/home/nested/file', signal);
    expect(file).toMatchObject({ node: '257/257', size: 6 });
    expect(await filesystem.files!.lookup!('/subvolid=257/file', signal)).toEqual(file);
    expect(await filesystem.files!.lookup!('/snapshot/nested', signal)).toMatchObject({ node: '258/2', type: 'directory' });
    expect(await filesystem.files!.lookup!('/snapshot/nested/file', signal)).toBeNull();
    const inside: string[] = [];
    for await (const { path } of filesystem.files!.readdir('258/2', signal)) inside.push(path);
    expect(inside).toEqual([]);
  });
});

/** Bytes edited by a plan that says what they mean. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Plan, WriteStep } from '@diskwright/sdk/protocol';
import { cli, type CliResult } from '../support/cli';
import { copyInto, makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

interface Edit {
  offset: number;
  bytes: string;
}

/** A GPT disk with an empty partition 1 (1 … 5 MiB) and ext4 in partition 2 (5 … 45 MiB). */
async function makeDisk(scratch: string): Promise<string> {
  requireTool('sgdisk', 'mkfs.ext4', 'dumpe2fs');
  const path = join(scratch, 'disk.img');
  await makeImage(path, 64 * MIB);
  await must('sgdisk', '-n1:2048:+4M', '-n2:0:+40M', path);
  const volume = join(scratch, 'volume.img');
  await makeImage(volume, 40 * MIB);
  await must('mkfs.ext4', '-q', '-F', '-b', '1024', volume);
  await copyInto(volume, path, 5 * MIB);
  return path;
}

function write(device: string, edits: Edit[], home: string, how: string[] = ['--yes']): Promise<CliResult> {
  return cli(['call', 'sector-edit.write', '--input', '-', ...how], { home, input: JSON.stringify({ device, edits }) });
}

const superblock = 5 * MIB + 1024;

test('the plan names the fields with their old values, joins what touches, and writes the table last', async () => {
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const path = await makeDisk(scratch);
  const file = join(scratch, 'plan.json');
  const result = await write(
    path,
    [
      { offset: 1024 + 56, bytes: '4100' },
      { offset: superblock + 12, bytes: 'ffff' },
      { offset: superblock + 14, bytes: '0000AA' },
      { offset: 2 * MIB, bytes: '01' },
    ],
    home,
    ['--plan', file],
  );
  expect(result.status, result.stderr).toBe(0);
  const plan = JSON.parse(await readFile(file, 'utf8')) as Plan;
  const free = /Free blocks: +(\d+)/.exec(await must('dumpe2fs', '-h', join(scratch, 'volume.img')))![1];
  const writes = plan.steps.filter((step): step is WriteStep => step.kind === 'write');
  expect(
    writes.map(({ phase, structure, target, bytes }) => [
      phase,
      structure,
      target.offset,
      Buffer.from(bytes as string, 'base64').toString('hex'),
    ]),
  ).toEqual([
    ['content', 'partition 1', 2 * MIB, '01'],
    ['commit', 'ext superblock, partition 2 (ext4)', superblock + 12, 'ffff0000aa'],
    ['commit', 'GPT partition entry, the GPT', 1024 + 56, '4100'],
  ]);
  expect(writes[1]!.reason).toMatch(new RegExp(`^field freeBlocksCountLow, was ${free}; field freeInodesCount, was \\d+$`));
  expect(plan.undo).toBe('full');
  expect(plan.warnings).toEqual([
    expect.stringMatching(/ext superblock of partition 2 .* but not its checksum/),
    expect.stringMatching(/the entries of the primary GPT change, but not the checksum/),
    expect.stringMatching(/the primary GPT changes, but not the backup one/),
    expect.stringMatching(/partition 2 \(ext4\) keeps copies that the edits do not change: ext backup superblock, group 1/),
  ]);
});

test('just the edited bytes are written', async () => {
  const scratch = await scratchFolder();
  const path = await makeDisk(scratch);
  const expected = await readFile(path);
  const edits = [
    { offset: 4 * MIB - 1, bytes: 'a1b2c3' },
    { offset: 64 * MIB - 1, bytes: '7f' },
  ];
  const result = await write(path, edits, join(scratch, 'home'));
  expect(result.status, result.stderr).toBe(0);
  for (const { offset, bytes } of edits) expected.write(bytes, offset, 'hex');
  expect((await readFile(path)).equals(expected)).toBe(true);
});

test('a plan is refused when what stands in the edited sectors has changed since', async () => {
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const path = await makeDisk(scratch);
  const file = join(scratch, 'plan.json');
  await write(path, [{ offset: 20 * MIB, bytes: 'ff' }], home, ['--plan', file]);
  const content = await readFile(path);
  content.writeUInt8(1, 20 * MIB + 511);
  await writeFile(path, content);
  expect(await cli(['plan', 'apply', file, '--yes'], { home })).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('the sectors that are edited is not what it was') as string,
  });
});

test.each<[string, Edit[], RegExp]>([
  ['none', [], /there are no edits/],
  ['half a byte', [{ offset: 0, bytes: 'f' }], /edit 1: has 1 hexadecimal digits/],
  ['no bytes', [{ offset: 0, bytes: '' }], /edit 1: has no bytes/],
  ['no digits', [{ offset: 0, bytes: 'xy' }], /edit 1: its bytes are not in hexadecimal/],
  ['bytes beyond the end', [{ offset: 64 * MIB - 1, bytes: 'ffff' }], /edit 1: reaches to byte 67108864, beyond/],
  [
    'overlapping ones',
    [
      { offset: 11, bytes: 'ffff' },
      { offset: 10, bytes: 'ffff' },
    ],
    /edit 2: overlaps edit 1 from byte 11 to 11/,
  ],
  ['what stands there already', [{ offset: 510, bytes: '55aa' }], /the edits change nothing/],
])('edits are not taken: %s', async (_, edits, message) => {
  const scratch = await scratchFolder();
  const result = await write(await makeDisk(scratch), edits, join(scratch, 'home'));
  expect(result.stderr).toMatch(message);
  expect(result.status).toBe(2);
});

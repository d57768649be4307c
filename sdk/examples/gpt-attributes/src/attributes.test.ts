import { match, ok, rejects, strictEqual } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import { createTestHost, runTool, toolsMissing } from '@diskwright/sdk/testing';
import plugin from './main';

const skip = toolsMissing('sgdisk');
const COMMAND = 'example.gptAttributes';
const NONE = { readOnly: false, hidden: false, noAutomount: false, legacyBoot: false };
const named = { disk: 'disk.img' };

/** A disk with one partition that is required (bit 0), by sgdisk. */
function makeDisk(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gpt-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'disk');
  writeFileSync(path, '');
  truncateSync(path, 8 * 1024 * 1024);
  runTool('sgdisk', ['--new=1:2048:4095', '--attributes=1:set:0', path]);
  return path;
}

test('sgdisk reads the attributes that were set, and finds both tables sound', { skip }, async (context) => {
  const path = makeDisk(context);
  const disk = readFileSync(path);
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(disk) } });
  context.after(() => host.close());
  const result = await host.execute(
    COMMAND,
    { ...NONE, disk: 'disk', partition: 1, readOnly: true, noAutomount: true },
    { named },
  );
  ok(result.kind === 'plan');
  for (const step of result.plan.steps)
    if (step.kind === 'write' && typeof step.bytes === 'string') Buffer.from(step.bytes, 'base64').copy(disk, step.target.offset);
  writeFileSync(path, disk);
  match(runTool('sgdisk', ['--verify', path]), /No problems found/);
  match(runTool('sgdisk', ['--info=1', path]), /Attribute flags: 9000000000000001/);
});

test('a partition that is not there is an error at its field', { skip }, async (context) => {
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(readFileSync(makeDisk(context))) } });
  context.after(() => host.close());
  const { errors } = await host.resolve(COMMAND, { ...NONE, disk: 'disk', partition: 2 }, { named });
  strictEqual(errors[0]?.field, 'partition');
});

test('a damaged backup is refused: writing one copy alone would leave them different', { skip }, async (context) => {
  const disk = readFileSync(makeDisk(context));
  disk[disk.length - 500]! ^= 1;
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(disk) } });
  context.after(() => host.close());
  await rejects(host.execute(COMMAND, { ...NONE, disk: 'disk', partition: 1 }, { named }), /checksum/);
});

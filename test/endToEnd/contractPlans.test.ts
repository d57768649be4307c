/** Plans as files: what they say, what keeps them from being used, and that nothing else is left behind. */
import { appendFile, cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { makeLab, sharedLab } from '../support/lab';
import { processesOf } from '../support/processesOf';
import { scratchFolder } from '../support/scratch';
import { sha256OfFile } from '../support/tool';
import { waitFor } from '../support/waitFor';

interface ShownPlan {
  digest: string;
  plan: { command: { id: string; input: Record<string, unknown> }; warnings: string[] };
}
interface Simulated {
  overlay: string;
  layout: { device: { path: string }; partitions: { filesystem: { label: string } }[] };
  warnings: string[];
}

const lab = sharedLab();
let plan = '';

beforeAll(async () => {
  plan = join(lab.folder, 'clone.plan');
  await cliJson(['clone', 'disk', lab.disk, lab.bigger, '--plan', plan], lab);
});

/** A copy of the plan with its side files, to be damaged. */
async function copyOfPlan(): Promise<string> {
  const copy = join(await mkdtemp(join(lab.folder, 'copy-')), 'copy.plan');
  await cp(plan, copy);
  await cp(`${plan}.blobs`, `${copy}.blobs`, { recursive: true });
  return copy;
}

async function refusal(arguments_: string[]): Promise<{ status: number | null; stderr: string }> {
  const before = await sha256OfFile(lab.bigger);
  const { status, stderr, stdout } = await cli(arguments_, lab);
  expect(stdout).toBe('');
  expect(await sha256OfFile(lab.bigger)).toBe(before);
  return { status, stderr };
}

test('--plan stores the plan and tells where and under which digest', async () => {
  const file = join(lab.folder, 'another.plan');
  const answer = await cliJson<{ plan: string; digest: string }>(['clone', 'disk', lab.disk, lab.bigger, '--plan', file], lab);
  expect(answer).toMatchObject({ plan: file, digest: await sha256OfFile(file) });
});

test('a plan that is there already is not touched', async () => {
  const before = await Promise.all([sha256OfFile(plan), readdir(`${plan}.blobs`)]);
  const { status, stderr } = await refusal(['clone', 'disk', lab.disk, lab.bigger, '--layout', 'fit', '--plan', plan]);
  expect(stderr).toMatch(/exists already/);
  expect(status).toBe(2);
  expect(await Promise.all([sha256OfFile(plan), readdir(`${plan}.blobs`)])).toEqual(before);
});

test('plan show tells the digest and which command made it, with the names of the devices', async () => {
  const { digest, plan: shown } = await cliJson<ShownPlan>(['plan', 'show', plan], lab);
  expect(digest).toBe(await sha256OfFile(plan));
  expect(shown.command).toMatchObject({
    id: 'disk-clone.cloneDisk',
    input: { source: lab.disk, target: lab.bigger, layout: 'keep' },
  });
});

test('plan show in words has every phase and the layout to be expected', async () => {
  const { stdout } = await cli(['plan', 'show', plan], lab);
  for (const said of [
    'Checked before',
    'taken away',
    'Content',
    'recognisable',
    'warning: ',
    'Saved before it is overwritten: ',
    'Afterwards:',
  ]) {
    expect(stdout).toContain(said);
  }
});

test('call makes the same plan as words, from a file and from standard input', async () => {
  const input = JSON.stringify({ source: lab.disk, target: lab.bigger });
  const file = join(lab.folder, 'input.json');
  await writeFile(file, input);
  const call = ['call', 'disk-clone.cloneDisk', '--input'];
  const answers = await Promise.all([
    cliJson([...call, file, '--plan', join(lab.folder, 'called-1.plan')], lab),
    cliJson([...call, '-', '--plan', join(lab.folder, 'called-2.plan')], { ...lab, input }),
  ]);
  const digest = await sha256OfFile(plan);
  expect(answers).toEqual([expect.objectContaining({ digest }), expect.objectContaining({ digest })]);
});

test('call lists everything that is wrong with an input', async () => {
  const input = '{"layout":"q","extra":1,"verify":"x"}';
  const { status, stderr } = await cli(['call', 'disk-clone.cloneDisk', '--input', '-'], { ...lab, input });
  for (const field of ['source', 'target', 'layout', 'verify', 'extra'])
    expect(stderr).toMatch(new RegExp(`^ {2}${field}: `, 'm'));
  expect(status).toBe(2);
});

test('the overlay of a simulation is a device for the other commands, until its folder is removed', async () => {
  const { overlay, layout, warnings } = await cliJson<Simulated>(['plan', 'simulate', plan, '--overlay', 'sim'], lab);
  expect(overlay).toBe('sim');
  expect(layout.partitions.map(({ filesystem }) => filesystem.label)).toEqual(['ESP', 'photos', 'STICK']);
  expect(warnings).toEqual([expect.stringContaining('same disk, partition and filesystem ids')]);
  expect(await cliJson(['layout', overlay], lab)).toEqual(layout);
  expect(await cliJson(['info', `${overlay}#2`], lab)).toMatchObject({ filesystem: { type: 'ext4' } });
  await rm(join(lab.home, 'overlays', overlay), { recursive: true });
  expect((await cli(['layout', overlay], lab)).status).toBe(2);
});

test('--simulate leaves the overlay and nothing else behind', async () => {
  const home = join(lab.folder, 'home-of-one');
  const { overlay } = await cliJson<Simulated>(['clone', 'disk', lab.disk, lab.bigger, '--simulate'], { home });
  await waitFor(() => processesOf(home).length === 0, 'no process is left');
  expect(await readdir(join(home, 'overlays'))).toEqual([overlay]);
  expect(await readdir(join(home, 'staging'))).toEqual([]);
});

test('an overlay whose base has changed since is stale', async () => {
  const folder = await scratchFolder();
  const { disk, bigger } = await makeLab(folder);
  const { overlay } = await cliJson<Simulated>(['clone', 'disk', disk, bigger, '--simulate'], lab);
  await cliJson(['clone', 'disk', disk, bigger, '--yes'], lab);
  const { status, stderr } = await cli(['layout', overlay], lab);
  expect(stderr).toMatch(/stale/);
  expect(status).toBe(3);
});

describe('a plan is refused', () => {
  test('when a side file is another', async () => {
    const copy = await copyOfPlan();
    const [file] = await readdir(`${copy}.blobs`);
    await appendFile(join(`${copy}.blobs`, file!), 'x');
    for (const arguments_ of [
      ['plan', 'simulate', copy],
      ['plan', 'apply', copy, '--yes'],
    ]) {
      const { status, stderr } = await refusal(arguments_);
      expect(stderr).toContain(file);
      expect(status).toBe(3);
    }
  });

  test('when a side file is missing', async () => {
    const copy = await copyOfPlan();
    const [file] = await readdir(`${copy}.blobs`);
    await rm(join(`${copy}.blobs`, file!));
    const { status, stderr } = await refusal(['plan', 'apply', copy, '--yes']);
    expect(stderr).toContain(file);
    expect(status).toBe(3);
  });

  test('when it is not the one that was approved', async () => {
    const copy = await copyOfPlan();
    await writeFile(copy, (await readFile(copy, 'utf8')).replace('Clone ', 'Blone '));
    const { status, stderr } = await refusal(['plan', 'apply', copy, '--yes', '--digest', await sha256OfFile(plan)]);
    expect(stderr).toMatch(/not the plan that was approved/);
    expect(status).toBe(3);
  });

  test('when a device is gone', async () => {
    await rename(lab.disk, `${lab.disk}.away`);
    const { status, stderr } = await refusal(['plan', 'apply', plan, '--yes']).finally(() =>
      rename(`${lab.disk}.away`, lab.disk),
    );
    expect(stderr).toContain(`${lab.disk} does not exist`);
    expect(status).toBe(2);
  });

  test.each([
    ['no JSON', 'not JSON', /not JSON/],
    ['empty', '', /not JSON/],
    ['no plan', '{"format":"diskwright-plan/1"}', /not a valid plan/],
  ])('when it is %s', async (_, content, message) => {
    const file = join(await scratchFolder(), 'bad.plan');
    await writeFile(file, content);
    const { status, stderr } = await refusal(['plan', 'apply', file, '--yes']);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  test('when nobody is there to ask', async () => {
    const { status, stderr } = await refusal(['plan', 'apply', plan]);
    expect(stderr).toMatch(/no terminal to ask on\n {2}Give --yes/);
    expect(status).toBe(2);
  });
});

/** A device whose requests do not come back: nbdfuse shows what a plugin of nbdkit reads, which waits while a file is there. */
import { existsSync } from 'node:fs';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cancelJob, jobEnvironment, planBetween, startJob } from '../support/jobs';
import { fuseFile } from '../support/nbdExport';
import { nbdkit } from '../support/nbdServer';
import { scratchFolder } from '../support/scratch';
import { requireCondition, requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';

const MIB = 1024 * 1024;
const SIZE = 72 * MIB;

interface HangingDevice {
  /** Hangs in its second half, until `answers`. */
  path: string;
  answers(): Promise<void>;
}

async function hangingDevice(folder: string): Promise<HangingDevice> {
  const flag = join(folder, 'hangs');
  await writeFile(flag, '');
  const read = `if [ $4 -ge ${SIZE / 2} ] && [ $4 -lt ${SIZE - MIB} ]; then while [ -e ${flag} ]; do sleep 0.1; done; fi; head -c $3 /dev/zero`;
  const { uri } = await nbdkit('eval', `get_size=echo ${SIZE}`, `pread=${read}`, 'thread_model=echo parallel');
  // With one thread nothing else is answered meanwhile either: not what the file's size is, nor that it is closed.
  const path = await fuseFile(uri, folder, '-s');
  const answers = (): Promise<void> => rm(flag, { force: true });
  onTestFinished(answers);
  return { path, answers };
}

test(
  'a cancel is answered in 100 ms while a request hangs, other devices go on, and the device is told of until it comes back',
  { tags: ['alone'], timeout: 60_000 },
  async () => {
    requireTool('nbdkit', 'nbdfuse', 'fusermount3');
    requireCondition(existsSync('/dev/fuse'), 'needs /dev/fuse');
    const folder = await scratchFolder();
    const environment = jobEnvironment(join(folder, 'home'));
    const device = await hangingDevice(folder);
    const target = join(folder, 'target.img');
    await writeFile(target, '');
    await truncate(target, SIZE);
    const plan = (await planBetween(environment, device.path, target)).copy(
      'content',
      ['source', 0],
      ['target', 0],
      [{ offset: 0, length: SIZE }],
    );
    const looked = await environment.context.open(device.path);
    const usage = async (): Promise<string> => {
      const hanging = (await environment.context.usage(looked)).map(({ text }) => text);
      return hanging.join(' ');
    };
    onTestFinished(() => looked.node.dispose());
    // Closing waits for the device, too.
    onTestFinished(device.answers);
    const job = await startJob(environment, plan);
    await waitFor(() => job.progress.some(({ stuck }) => stuck?.some((request) => request.device === device.path)), 'it hangs');

    const other = await environment.context.open(join(job.folder, 'plan.json'), { sectorSize: 512 });
    onTestFinished(() => other.node.dispose());
    expect(await other.node.read(0, 512)).toHaveLength(512);

    const asked = performance.now();
    await cancelJob(job.folder);
    const answered = performance.now() - asked;
    const { state, stuck } = await job.ended;
    expect(answered).toBeLessThan(100);
    expect(state).toBe('cancelled');
    expect(stuck).toEqual(expect.arrayContaining([expect.objectContaining({ device: device.path })]));

    await expect(environment.context.open(device.path)).rejects.toThrow(/an earlier request still hangs/);
    expect(await usage()).toMatch(/an earlier request at byte \d+ still hangs; it was given up \d+ s ago/);
    await device.answers();
    await waitFor(async () => (await usage()) === '', 'the requests have come back');
    await (await environment.context.open(device.path)).node.dispose();
  },
);

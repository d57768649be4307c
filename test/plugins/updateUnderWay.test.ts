/** Updates of a plugin while a command line and a workbench list a directory by it, and while a job reads what it serves. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { plannedPaths } from '../../core/src/host/plans/plannedPaths';
import { boxMembers } from '../support/box';
import { cli, type CliOptions, projectFolder } from '../support/cli';
import { hostHere } from '../support/hostHere';
import { HALF, listedVolume, listingPackage } from '../support/listingPlugin';
import { buildPluginFixtures } from '../support/pluginFixtures';
import { startCli } from '../support/runningCli';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';
import { startWorkbench } from '../support/workbench';

async function home(): Promise<{ scratch: string; options: CliOptions }> {
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home') };
  await mkdir(options.home, { mode: 0o700 });
  return { scratch, options };
}

const install = async (path: string, options: CliOptions): Promise<void> =>
  expect(await cli(['plugin', 'install', path], options)).toMatchObject({ status: 0 });
/** What `ls` has printed, in order of the names. */
const namesIn = (listing: string): string[] => Array.from(listing.matchAll(/\/(\S+)$/gm), ([, name]) => name!).sort();
const namesOf = (version: string): string[] => Array.from({ length: 2 * HALF }, (_, index) => `${version}-${index}`);

test('listings of a command line and a window end in the version in which they began; the next ones are of the new version', async () => {
  const { scratch, options } = await home();
  const { image, goOn } = await listedVolume(scratch);
  await install(await listingPackage(scratch, '1.0.0', { waits: true }), options);
  const workbench = await startWorkbench({ home: options.home });
  const { deviceId } = await workbench.request('devices/open', { path: image });
  const inWindow = async (): Promise<string[]> => {
    const volume = { deviceId, partition: 0 };
    const { node } = await workbench.request('volumeFiles/lookup', { ...volume, path: '/' });
    const { entries } = await workbench.request('volumeFiles/list', { ...volume, node: node!.node, from: 0 });
    return entries.map(({ path }) => path);
  };
  let hasEnded = false;
  const listed = inWindow().finally(() => (hasEnded = true));
  listed.catch(() => undefined);
  const listing = startCli(['ls', `${image}#0:/`], options);
  await listing.shows(/1\.0\.0-0\b/);

  await install(await listingPackage(scratch, '2.0.0'), options);
  // Both go on to use the old version: it is the new one that new uses get.
  expect(namesIn((await cli(['ls', `${image}#0:/`], options)).stdout)).toEqual(namesOf('2.0.0').sort());
  expect(hasEnded).toBe(false);
  await goOn();
  expect(namesIn((await listing.ended).stdout)).toEqual(namesOf('1.0.0').sort());
  expect(await listed).toEqual(namesOf('1.0.0'));
  expect(await inWindow()).toEqual(namesOf('2.0.0'));

  const failing = `console.error('the table of names is empty'); throw new Error('nothing works');`;
  const failed = await cli(['plugin', 'install', await listingPackage(scratch, '3.0.0', { selfTest: failing })], options);
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain('vendor.toy 3.0.0 does not work here, so 2.0.0 stays in use: nothing works');
  expect(failed.stderr).toContain('stderr: the table of names is empty');
  expect(await inWindow()).toEqual(namesOf('2.0.0'));
});

/** Another release of a plugin whose package is there as a folder. */
async function release(plugin: string, folder: string, version: string): Promise<string> {
  const path = join(folder, `${basename(plugin)}-${version}`);
  await cp(plugin, path, { recursive: true });
  const packageJson = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as object;
  await writeFile(join(path, 'package.json'), JSON.stringify({ ...packageJson, version }));
  return path;
}

test('what serves an image, and the container in it, that a job reads is neither updated nor removed meanwhile, and the job is named', async () => {
  requireTool('qemu-img');
  const { scratch, options } = await home();
  await buildPluginFixtures(scratch, 'box');
  const [qcowPlugin, boxPlugin] = [join(projectFolder, 'dist', 'plugins', 'image-qcow2'), join(scratch, 'box')];
  await install(await release(qcowPlugin, scratch, '0.2.0'), options);
  await install(boxPlugin, options);
  const [raw, qcow, target] = ['raw.img', 'disk.qcow2', 'copy.img'].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(raw, boxMembers(Buffer.alloc(256 * MIB, 0x5a), 1)[0]!);
  await must('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', raw, qcow);
  await makeImage(target, 256 * MIB);
  const host = await hostHere(options.home);
  const source = `${qcow}#0@all`;
  const outcome = await host.commands.execute('disk-clone.cloneDisk', { source, target }, {});
  if (outcome.kind !== 'plan') throw new Error(`it answered a ${outcome.kind}`);
  const { jobId, ended } = await host.jobs.start(outcome.plan, plannedPaths(outcome.plan));
  await host.jobs.pause(jobId);

  const newer = await release(qcowPlugin, scratch, '0.3.0');
  const newerBox = await release(boxPlugin, scratch, '1.1.0');
  for (const [args, what, reads] of [
    [['install', newer], 'image-qcow2 cannot be updated', `reads the image ${qcow}`],
    [['remove', 'image-qcow2'], 'image-qcow2 cannot be removed', `reads the image ${qcow}`],
    [['install', newerBox], 'vendor.box cannot be updated', `reads ${source}`],
    [['remove', 'vendor.box'], 'vendor.box cannot be removed', `reads ${source}`],
  ] as const) {
    const refused = await cli(['plugin', ...args], options);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain(`${what} now: job ${jobId} (it ${reads}) needs it`);
  }
  await host.jobs.startAgain(jobId, {});
  expect(await ended).toMatchObject({ state: 'done' });
  await install(newer, options);
  await install(newerBox, options);
});

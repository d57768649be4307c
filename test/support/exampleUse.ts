/** What the examples of the SDK are for, tried with a host that runs and by the command line. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Host } from '../../core/src/host/host';
import { cli, type CliOptions } from './cli';
import { hostHere } from './hostHere';
import { makeImage, MIB } from './sampleDisk';
import { scratchFolder } from './scratch';
import { must } from './tool';
import { requireTool } from './tools';

export interface ExampleGround {
  scratch: string;
  options: CliOptions;
  /** Runs from before the plugin is installed on. */
  host: Host;
}

export async function exampleGround(): Promise<ExampleGround> {
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home'), cwd: scratch };
  await mkdir(options.home, { mode: 0o700 });
  return { scratch, options, host: await hostHere(options.home) };
}

/** Installs a package by the command line; resolves when the host that runs uses it. */
export async function installExample(file: string, id: string, { options, host }: ExampleGround): Promise<void> {
  expect(await cli(['plugin', 'install', file], options)).toMatchObject({ status: 0 });
  await expect.poll(() => host.plugins.registry.get(id)?.version, { timeout: 20_000 }).toBe('1.0.0');
}

/** An example, and what has to work as soon as it is installed. */
export interface Example {
  id: string;
  use(ground: ExampleGround): Promise<void>;
}

/** By the names of their folders. */
export const examples: Readonly<Record<string, Example>> = {
  romfs: { id: 'example.fs-romfs', use: useRomfs },
  'romfs-python': { id: 'example.fs-romfs-python', use: useRomfs },
  parallels: { id: 'example.image-parallels', use: useParallels },
  'gpt-attributes': { id: 'example.gpt-attributes', use: useAttributes },
  'entropy-view': { id: 'example.entropy-view', use: useView },
};

/** Its volume opens, with what its own tool was given. */
async function useRomfs({ scratch, options, host }: ExampleGround): Promise<void> {
  requireTool('genromfs');
  await mkdir(join(scratch, 'tree'));
  await writeFile(join(scratch, 'tree', 'notes'), 'some words');
  const image = join(scratch, 'rom.img');
  await must('genromfs', '-d', join(scratch, 'tree'), '-f', image, '-V', 'rom');
  expect((await host.commands.execute('explore-image.ls', { place: `${image}#0` }, {})).kind).toBe('list');
  expect((await cli(['ls', `${image}#0`], options)).stdout).toMatch(/^file +10 .*\/notes$/m);
  expect((await cli(['cat', `${image}#0:/notes`], options)).stdout).toBe('some words');
}

/** What QEMU wrote is a device, the same as the disk it was. */
async function useParallels({ scratch, options, host }: ExampleGround): Promise<void> {
  requireTool('qemu-img');
  const path = (name: string): string => join(scratch, name);
  const [raw, image, copy] = [path('disk.img'), path('image.hds'), path('copy.img')];
  await writeFile(raw, Buffer.concat([randomBytes(MIB), Buffer.alloc(5 * MIB), randomBytes(2 * MIB)]));
  await must('qemu-img', 'convert', '-O', 'parallels', raw, image);
  expect(await host.devices.open(image)).toMatchObject({ size: 8 * MIB });
  await makeImage(copy, 8 * MIB);
  expect(await cli(['clone', 'disk', image, copy, '--yes'], options)).toMatchObject({ status: 0 });
  await must('cmp', raw, copy);
}

/** Its command is in help, by its words, by `call`, in the index and in a form; sgdisk reads what its plans write. */
async function useAttributes({ scratch, options, host }: ExampleGround): Promise<void> {
  requireTool('sgdisk');
  const disk = join(scratch, 'disk.img');
  await makeImage(disk, 8 * MIB);
  await must('sgdisk', '--new=1:2048:4095', disk);
  expect((await cli(['--help'], options)).stdout).toContain('gpt-attributes');
  expect((await cli(['gpt-attributes', '--help'], options)).stdout).toContain('--no-automount');
  expect(host.plugins.registry.commands().map(({ contribution }) => contribution.id)).toContain('example.gptAttributes');

  expect(await cli(['gpt-attributes', disk, '1', '--read-only', '--yes'], options)).toMatchObject({ status: 0 });
  expect(await must('sgdisk', '--info=1', disk)).toContain('Attribute flags: 1000000000000000');
  const input = JSON.stringify({ disk, partition: 1, hidden: true });
  const called = await cli(['call', 'example.gptAttributes', '--input', '-', '--yes'], { ...options, input });
  expect(called).toMatchObject({ status: 0 });
  expect(await must('sgdisk', '--info=1', '--verify', disk)).toMatch(/Attribute flags: 4000000000000000[^]*No problems found/);
  const judged = await host.commands.resolve('example.gptAttributes', { disk, partition: 1 });
  expect(judged.preview).toBe('Attributes of partition 1: hidden → none');
}

/** The window's own test draws it. */
async function useView({ host }: ExampleGround): Promise<void> {
  const { manifest } = host.plugins.registry.get('example.entropy-view')!;
  expect(manifest.contributes.views).toMatchObject([{ id: 'example.entropyView', subject: 'device' }]);
}

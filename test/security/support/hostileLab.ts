/** A workbench with a plugin and a disk that are hostile in every text. */
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInPackages, makeDistribution } from '../../support/distribution';
import { manifest, MAGIC } from '../../fixtures/plugins/hostile-texts/manifest';
import { buildPluginFixtures } from '../../support/pluginFixtures';
import { copyInto, makeImage, MIB } from '../../support/sampleDisk';
import { must } from '../../support/tool';

export const DISK_NAME = '<img src=x onerror=window.__owned=1>"\'photo\u202egpj.exe\u2066 $(zap).img';
export const LONG_NAME = `${'<b>'.repeat(83)}.img`;
/** 16 bytes, 11 bytes, and 36 units of UTF-16. */
export const EXT_LABEL = '<i onx=1>\u202e$(x)';
export const FAT_LABEL = '<S>"&\x01\'\x1b[m';
export const GPT_NAME = '<img src=x onerror=__owned=1>\u202egpj\x07';

/** Makes `folder` a distribution with the built-in plugins and the hostile one; answers its environment. */
export async function hostileDistribution(folder: string): Promise<NodeJS.ProcessEnv> {
  const environment = await makeDistribution(folder, await builtInPackages());
  await buildPluginFixtures(join(folder, 'plugins'), 'hostile-texts');
  await writeFile(join(folder, 'plugins', 'hostile-texts', 'package.json'), JSON.stringify(manifest));
  return environment;
}

/** A GPT disk: ext4 and FAT with labels that are markup, and a volume of the plugin's own. */
export async function makeHostileDisk(folder: string): Promise<string> {
  const path = join(folder, DISK_NAME);
  await makeImage(path, 64 * MIB);
  const names = [1, 2, 3].map((number) => `--change-name=${number}:${GPT_NAME}`);
  const partitions = ['--new=1:2048:+16M', '--new=2:0:+16M', '--new=3:0:+16M'];
  await must('sgdisk', '--clear', ...partitions, ...names, path);
  const volume = join(folder, 'volume');
  await makeImage(volume, 16 * MIB);
  await must('mkfs.ext4', '-q', '-F', '-L', EXT_LABEL, volume);
  await copyInto(volume, path, MIB);
  await makeImage(volume, 16 * MIB);
  await must('mkfs.fat', '-n', 'PLACEHOLDER', volume);
  await replaceAll(volume, 'PLACEHOLDER', FAT_LABEL);
  await copyInto(volume, path, 17 * MIB);
  const disk = await open(path, 'r+');
  await disk.write(Buffer.from(MAGIC), 0, MAGIC.length, 33 * MIB).finally(() => disk.close());
  return path;
}

async function replaceAll(path: string, text: string, by: string): Promise<void> {
  const bytes = await readFile(path);
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) bytes.write(by.padEnd(text.length), at, 'latin1');
  await writeFile(path, bytes);
}

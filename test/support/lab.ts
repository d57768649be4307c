/** The demo lab: disk images that need no tool to be made. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { projectFolder } from './cli';

export interface Lab {
  /** Gone when the tests of the file have ended. */
  folder: string;
  /** A `DISKWRIGHT_HOME`. */
  home: string;
  /** GPT disk of 96 MiB: an EFI system partition (FAT16), ext4 "photos", FAT32 "STICK". */
  disk: string;
  /** Empty, 160 MiB. */
  bigger: string;
  /** Empty, 48 MiB. */
  smaller: string;
}

/** Makes the lab's images in a folder. */
export async function makeLab(folder: string): Promise<Pick<Lab, 'disk' | 'bigger' | 'smaller'>> {
  const script = (await import(pathToFileURL(join(projectFolder, 'scripts', 'lab.mjs')).href)) as {
    makeLab(folder: string): Promise<Pick<Lab, 'disk' | 'bigger' | 'smaller'>>;
  };
  return script.makeLab(folder);
}

/** One lab for all tests of a file, which only read it. Its members are there once the tests run. */
export function sharedLab(): Lab {
  const lab = {} as Lab;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
    Object.assign(lab, { folder, home: join(folder, 'home'), ...(await makeLab(join(folder, 'lab'))) });
  });
  afterAll(() => rm(lab.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return lab;
}

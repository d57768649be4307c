/** Watches every descriptor of the sector service while it clones: none on the source may be writable. */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { makeImage, makeSampleDisk, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { requireTool } from '../support/tools';

const ACCESS_MODE = 0o3;

interface Sighting {
  pid: string;
  writable: boolean;
}

/** Every descriptor of every process that is open on the file. */
function descriptorsOn(file: string): Sighting[] {
  const { dev, ino } = statSync(file);
  const sightings: Sighting[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('sector.cjs')) continue;
      for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
        if (!readlinkSync(`/proc/${pid}/fd/${descriptor}`).startsWith('/')) continue;
        const found = statSync(`/proc/${pid}/fd/${descriptor}`);
        if (found.dev !== dev || found.ino !== ino) continue;
        const flags = parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8'))![1]!, 8);
        sightings.push({ pid, writable: (flags & ACCESS_MODE) !== 0 });
      }
    } catch {
      // The process or the descriptor ended while it was looked at.
    }
  }
  return sightings;
}

test('no descriptor of the service on the source is writable while a clone runs', async () => {
  requireTool('sfdisk', 'mkfs.fat', 'mkfs.ext4', 'mcopy');
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, 200 * MIB, 0xa5);
  const onSource: Sighting[] = [];
  const onTarget: Sighting[] = [];
  const watch = setInterval(() => {
    onSource.push(...descriptorsOn(disk.path));
    onTarget.push(...descriptorsOn(target));
  }, 5);

  const result = await cli(['clone', 'disk', disk.path, target, '--all-sectors', '--yes'], {
    home: join(scratch, 'home'),
  }).finally(() => clearInterval(watch));

  expect(result.status, result.stderr).toBe(0);
  // The watch must have been able to see one: the target's.
  expect(onTarget.some((sighting) => sighting.writable)).toBe(true);
  expect(onSource.length).toBeGreaterThan(0);
  expect(onSource.filter((sighting) => sighting.writable)).toEqual([]);
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blkid, runTool, toolsMissing } from '@diskwright/sdk/testing';

const MIB = 1024 * 1024;
const script = join(import.meta.dirname, '..', '..', 'scripts', 'lab.mjs');

interface Lab {
  disk: string;
  bigger: string;
  smaller: string;
}

/** Runs the script as the demo does, in a Node process of its own. */
function makeLab(folder: string): Lab {
  const program = `import(${JSON.stringify(pathToFileURL(script).href)}).then(async (lab) => console.log(JSON.stringify(await lab.makeLab(process.argv[1]))))`;
  return JSON.parse(execFileSync(process.execPath, ['-e', program, folder], { encoding: 'utf8' })) as Lab;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-lab-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.skipIf(toolsMissing('sgdisk', 'e2fsck', 'fsck.fat', 'blkid'))('the demo lab', () => {
  test('has a valid disk with three sound filesystems, and two empty ones, all sparse', () => {
    const folder = temporaryFolder();
    const lab = makeLab(join(folder, 'new', 'lab'));
    expect(runTool('sgdisk', ['-v', lab.disk])).toContain('No problems found');
    const disk = readFileSync(lab.disk);
    const volume = (name: string, startMib: number, sizeMib: number): string => {
      const path = join(folder, name);
      writeFileSync(path, disk.subarray(startMib * MIB, (startMib + sizeMib) * MIB));
      return path;
    };
    const [esp, photos, stick] = [volume('esp', 1, 16), volume('photos', 17, 36), volume('stick', 53, 41)];
    runTool('fsck.fat', ['-n', esp]);
    runTool('e2fsck', ['-fn', photos]);
    runTool('fsck.fat', ['-n', stick]);
    expect([esp, photos, stick].map((path) => [blkid(path)['TYPE'], blkid(path)['LABEL']])).toEqual([
      ['vfat', 'ESP'],
      ['ext4', 'photos'],
      ['vfat', 'STICK'],
    ]);
    expect([lab.bigger, lab.smaller].map((path) => statSync(path).size / MIB)).toEqual([160, 48]);
    for (const path of Object.values(lab)) expect(statSync(path).blocks * 512).toBeLessThan(4 * MIB);
  });

  test('is left alone when it is there', () => {
    const folder = temporaryFolder();
    const { bigger } = makeLab(folder);
    writeFileSync(bigger, 'mine');
    makeLab(folder);
    expect(readFileSync(bigger, 'utf8')).toBe('mine');
  });
});

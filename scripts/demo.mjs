// The main job on a lab of disk images: sets up, clones a disk onto a larger one through the disk-clone plugin, verifies it, and shows both.
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { root } from './shared.mjs';
import { makeLab } from './lab.mjs';
import { setup } from './setup.mjs';

setup();

const home = process.env.DISKWRIGHT_HOME
  ? resolve(process.env.DISKWRIGHT_HOME)
  : join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'diskwright');
const { disk, bigger, smaller } = await makeLab(join(home, 'lab'));

const program = join(root, 'core', 'bin', 'diskwright.cjs');
function diskwright(...args) {
  process.stdout.write(`\n$ diskwright ${args.map((arg) => (/[^\w./#=-]/.test(arg) ? `'${arg}'` : arg)).join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [program, ...args], {
    stdio: 'inherit',
    env: { ...process.env, DISKWRIGHT_HOME: home },
  });
  if (status !== 0) process.exit(status ?? 1);
}

process.stdout.write(
  `\nThe lab: a disk with an EFI system partition, photos on ext4 and a FAT32 stick, and two empty disks, in\n${join(home, 'lab')}\nImages that are there already stay as they are; delete one to have it made anew.\n`,
);
diskwright('clone', 'disk', disk, bigger, '--layout', 'fit', '--yes');
diskwright('layout', disk);
diskwright('layout', bigger);

const command = relative(process.cwd(), join(root, 'node_modules', '.bin', 'diskwright'));
process.stdout.write(`
The clone was verified by reading it back. What to try next:

  ${command} clone disk ${disk} ${smaller}
      a target that is too small is refused, with the numbers
  ${command} clone disk ${disk} ${bigger} --plan /tmp/clone.plan
  ${command} plan show /tmp/clone.plan
  ${command} plan simulate /tmp/clone.plan
      what would be written, as a document, and its result as a device to look into, without writing
  ${command} info ${disk}#2
  ${command} allocation ${disk}#2
  ${command} sectors ${disk} --at 512
  ${command} jobs list
  ${command} devices
      your own disks (reading them needs root)
`);

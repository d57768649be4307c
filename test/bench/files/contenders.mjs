// Who lists and who reads files, as whole commands. Volumes are named as partition 0, the whole device.
import { execFileSync } from 'node:child_process';
import { diskwright } from '../run.mjs';

export const FLS = 'fls -r -l -p';
export const SEVEN_ZIP = '7z l';
export const ICAT = 'icat';
export const DEBUGFS = 'debugfs dump';

const own = (...args) => [process.execPath, [diskwright, ...args]];

/** @returns by name, the command that writes names, types, sizes and times of all files of a volume to its standard output */
export const listings = (volume) => ({
  'diskwright ls -R': own('ls', '-R', `${volume}#0:/`),
  'diskwright ls -R --json': own('ls', '-R', '--json', `${volume}#0:/`),
  [FLS]: ['fls', ['-r', '-l', '-p', volume]],
  [SEVEN_ZIP]: ['7z', ['l', volume]],
});

/** @returns by name, the command that writes the file `large` of a volume to its standard output, or into `folder` */
export function extractions(filesystem, volume, folder) {
  return {
    'diskwright cat': own('cat', `${volume}#0:/large`),
    'diskwright extract': own('extract', `${volume}#0:/large`, folder),
    [ICAT]: ['icat', [volume, nodeOfLarge(volume)]],
    ...(filesystem === 'ext4' && { [DEBUGFS]: ['debugfs', ['-R', `dump /large ${folder}/large`, volume]] }),
    ...(filesystem === 'NTFS' && { ntfscat: ['ntfscat', [volume, 'large']] }),
    ...(filesystem === 'FAT32' && { mcopy: ['mcopy', ['-i', volume, '::large', folder]] }),
  };
}

/** @returns by the names of images, the command that lists the root of the volume in each */
export const openings = (images) =>
  Object.fromEntries(Object.entries(images).map(([name, path]) => [name, own('ls', `${path}#0:/`)]));

/** @returns by name, the command that tells which blocks of a volume are used */
export const allocations = (volume) => ({ 'diskwright allocation': own('allocation', `${volume}#0`) });

/** By which `icat` knows the file. */
function nodeOfLarge(volume) {
  const line = execFileSync('fls', [volume], { encoding: 'utf8' })
    .split('\n')
    .find((each) => each.endsWith('\tlarge'));
  return line.split(/\s+/)[1].replace(':', '');
}

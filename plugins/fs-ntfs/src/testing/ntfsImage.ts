import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ImageFile, runTool, unmount } from '@diskwright/sdk/testing';

/** What the tests need to be installed. */
export const ntfsTools = [
  'mkfs.ntfs',
  'ntfs-3g',
  'ntfsinfo',
  'ntfscat',
  'ntfscluster',
  'ntfsfix',
  'ntfslabel',
  'blkid',
  'umount',
] as const;

const POLL_MILLISECONDS = 10;
const MOUNT_MILLISECONDS = 20_000;

/** An image of an NTFS volume, made by mkntfs and filled by the driver ntfs-3g. */
export class NtfsImage extends ImageFile {
  /** Makes a sparse file of `size` bytes and the filesystem in it. */
  format(size: number, args: readonly string[] = []): this {
    runTool('mkfs.ntfs', ['-F', '-Q', '-q', ...args, this.blank(size).path]);
    return this;
  }

  /** Does `work` in a folder, and writes what is then in it into the volume, without mounting it: by wimlib, which has the library of ntfs-3g in it. */
  applied(work: (folder: string) => void): this {
    const folder = mkdtempSync(join(this.folder, 'tree-'));
    const archive = join(this.folder, 'tree.wim');
    work(folder);
    runTool('wimlib-imagex', ['capture', folder, archive, '--compress=none', '--quiet']);
    runTool('wimlib-imagex', ['apply', archive, '1', this.path, '--quiet']);
    for (const path of [folder, archive]) rmSync(path, { recursive: true });
    return this;
  }

  /** Mounts the image, does `work` in its root folder, and unmounts it; ends when the driver has written everything. Needs root. */
  async mounted(work: (folder: string) => void | Promise<void>, options = ''): Promise<this> {
    const folder = mkdtempSync(join(this.folder, 'mounted-'));
    const before = statSync(folder).dev;
    const common = 'no_detach,streams_interface=xattr';
    const driver = spawn('ntfs-3g', ['-o', options === '' ? common : `${common},${options}`, this.path, folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    driver.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const ended = once(driver, 'exit');
    const end = Date.now() + MOUNT_MILLISECONDS;
    while (statSync(folder).dev === before) {
      if (driver.exitCode !== null || Date.now() > end) throw new Error(`ntfs-3g did not mount: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
    try {
      await work(folder);
    } finally {
      unmount(folder);
      await ended;
    }
    return this;
  }
}

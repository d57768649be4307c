import { backingFile, type FileNumber } from './loopBackingLinux';
import { type Mount, readMounts } from './mountsLinux';
import { allBlockDevices, folderOfNumber, namedBlockDevice, type SysBlockDevice } from './sysfsLinux';

/**
 * Block devices and mounts as they stand when each is first asked for: one look at the machine, which asks the kernel for nothing twice. To be made
 * anew for each question, and not kept.
 */
export class DeviceLook {
  private readonly byName = new Map<string, SysBlockDevice | null>();
  private readonly backings = new Map<SysBlockDevice, FileNumber | null>();
  private everything: SysBlockDevice[] | null = null;
  private mountTable: Mount[] | null = null;

  /** Every block device with a medium, partitions included. */
  all(): readonly SysBlockDevice[] {
    if (!this.everything) {
      this.everything = allBlockDevices().map((device) => this.byName.get(device.name) ?? device);
      for (const device of this.everything) this.byName.set(device.name, device);
    }
    return this.everything;
  }

  /** Of `major:minor`; null when there is none. */
  numbered(number: { major: number; minor: number }): SysBlockDevice | null {
    const folder = folderOfNumber(number);
    return folder === null ? null : this.named(folder.slice(folder.lastIndexOf('/') + 1));
  }

  /** Of a kernel name such as `sda1`; null when there is none. */
  named(kernelName: string): SysBlockDevice | null {
    const name = kernelName.replaceAll('!', '/');
    let device = this.byName.get(name);
    if (device === undefined) this.byName.set(name, (device = namedBlockDevice(name)));
    return device;
  }

  /** See {@link backingFile}. */
  backingFile(device: SysBlockDevice): FileNumber | null {
    let file = this.backings.get(device);
    if (file === undefined) this.backings.set(device, (file = backingFile(device)));
    return file;
  }

  mounts(): readonly Mount[] {
    return (this.mountTable ??= readMounts());
  }

  /**
   * The block device under a filesystem whose `st_dev` is no device's number, as of btrfs; null when there is none (tmpfs,
   * network).
   */
  filesystemDevice(filesystem: { major: number; minor: number }): SysBlockDevice | null {
    const mount = this.mounts().find(({ major, minor }) => major === filesystem.major && minor === filesystem.minor);
    return mount?.sourceDevice ? this.numbered(mount.sourceDevice) : null;
  }
}

import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, ftruncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { runTool } from '@diskwright/sdk/testing';

const SECTOR_BYTES = 512;
const environment = { LVM_SUPPRESS_FD_WARNINGS: '1' };

/** What LVM needs to work on loop devices alone: no device mapper, no files of the machine's own. */
export const lvmTools = ['lvm', 'losetup'];

/** A piece of a logical volume: whole stripes on one or more physical volumes. Extents. */
export interface ReportedSegment {
  volume: string;
  start: number;
  extents: number;
  stripeBytes: number;
  areas: { member: number; extent: number }[];
}

/** Devices that LVM itself makes a volume group on. Needs root, for loop devices. */
export class LvmGroup {
  private readonly folder = mkdtempSync(join(tmpdir(), 'diskwright-lvm-'));
  readonly images: string[] = [];
  readonly devices: string[] = [];

  /** @param paths of the images to make, in folders that are somebody else's; absent, they are gone with the group */
  constructor(sizes: readonly number[], paths?: readonly string[], sectorSize: 512 | 4096 = 512) {
    mkdirSync(join(this.folder, 'lock'));
    for (const [index, size] of sizes.entries()) {
      const image = paths?.[index] ?? join(this.folder, `member${index}.img`);
      const file = openSync(image, 'wx');
      ftruncateSync(file, size);
      closeSync(file);
      this.images.push(image);
      this.devices.push(runTool('losetup', ['--find', '--show', '--sector-size', String(sectorSize), image]).trim());
    }
  }

  /** Runs a command of LVM on these devices alone. */
  lvm(...args: string[]): string {
    const list = [...this.devices.map((device) => `"a|^${device}$|"`), '"r|.*|"'].join(',');
    const config = `devices{pv_min_size=512 use_devicesfile=0 hints="none" obtain_device_list_from_udev=0 external_device_info_source="none" filter=[${list}] global_filter=[${list}]} global{activation=0 locking_dir="${this.folder}/lock" system_id_source="none" use_lvmpolld=0 event_activation=0} backup{backup=0 archive=0}`;
    return runTool('lvm', [args[0]!, '--config', config, ...args.slice(1)], { environment });
  }

  /** Columns of `lvs` or `pvs`, a line an item. */
  report(command: string, columns: string, ...args: string[]): string[][] {
    const output = this.lvm(command, '--noheadings', '--units', 'b', '--nosuffix', '--separator', '|', '-o', columns, ...args);
    return output
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.trim().split('|'));
  }

  /** Where LVM says that visible volumes lie. */
  segments(group: string): ReportedSegment[] {
    return this.report('lvs', 'lv_name,seg_start_pe,seg_size_pe,stripe_size,seg_pe_ranges', '--segments', group).map(
      ([volume, start, extents, stripe, ranges]) => ({
        volume: volume!,
        start: Number(start),
        extents: Number(extents),
        stripeBytes: Number(stripe),
        areas: ranges!.split(' ').map((range) => {
          const [, device, extent] = /^(.*):(\d+)-\d+$/.exec(range)!;
          return { member: this.devices.indexOf(device!), extent: Number(extent) };
        }),
      }),
    );
  }

  /** Each sector of the data says where it is: its device and number. */
  fill(data: readonly ByteRange[]): void {
    this.images.forEach((image, member) => {
      const bytes = readFileSync(image);
      const { offset, length } = data[member]!;
      for (let at = offset; at < offset + length; at += SECTOR_BYTES) {
        bytes.writeUInt32LE(member + 1, at);
        bytes.writeUInt32LE(at / SECTOR_BYTES, at + 4);
        bytes.fill(at / SECTOR_BYTES, at + 8, at + SECTOR_BYTES);
      }
      writeFileSync(image, bytes);
    });
  }

  close(): void {
    for (const device of this.devices.splice(0)) runTool('losetup', ['--detach', device]);
    rmSync(this.folder, { recursive: true });
  }
}

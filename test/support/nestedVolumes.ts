/** Volumes in volumes, made by the tools that write to files, and laid where the tools say that they belong. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LvmGroup } from '../../plugins/volume-lvm2/src/testing/lvmGroup';
import { must } from './tool';

const KIB = 1024;
const EXTENT_BYTES = 64 * KIB;
/** Of LUKS as {@link encrypted} makes it, before the content. */
export const LUKS_HEADER_BYTES = 512 * KIB;

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'volumes');

/** A device of an array or volume group that the kernel's drivers made. */
export async function fixture(name: string): Promise<Buffer> {
  return gunzipSync(await readFile(join(FIXTURES, `${name}.img.gz`)));
}

/** A small FAT volume with a file `name.txt`. */
export async function fatVolume(folder: string, size: number, text: string): Promise<Buffer> {
  const [image, file] = [join(folder, 'fat'), join(folder, 'text')];
  await writeFile(image, Buffer.alloc(size));
  await writeFile(file, text);
  await must('mkfs.vfat', '-n', 'DEEP', image);
  await must('mcopy', '-i', image, file, '::/name.txt');
  return readFile(image);
}

/** The volume, encrypted by cryptsetup. */
export async function encrypted(folder: string, volume: Buffer, passphrase: string): Promise<Buffer> {
  const [image, key] = [join(folder, 'luks'), join(folder, 'key')];
  await writeFile(image, Buffer.concat([volume, Buffer.alloc(2 * LUKS_HEADER_BYTES)]));
  await writeFile(key, passphrase);
  const small = ['--reduce-device-size', '1M', '--luks2-metadata-size', '16k', '--luks2-keyslots-size', '256k'];
  const quick = ['--resilience', 'none', '--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000', '--key-file', key];
  await must('cryptsetup', 'reencrypt', '-q', '--encrypt', '--type', 'luks2', ...small, ...quick, image);
  return (await readFile(image)).subarray(0, volume.length + LUKS_HEADER_BYTES);
}

/**
 * Physical volumes of a group with one volume that goes over all of them, in two pieces on each; made by LVM, the content laid where LVM says that it
 * is. Needs root, for loop devices.
 */
export async function groupOn(sizes: readonly number[], group: string, volume: string, content: Buffer): Promise<Buffer[]> {
  const made = new LvmGroup(sizes);
  try {
    made.lvm('pvcreate', '-y', '--metadatasize', '60k', '--dataalignment', '64k', ...made.devices);
    made.lvm('vgcreate', '-s', '64k', group, ...made.devices);
    const extents = Math.ceil(content.length / EXTENT_BYTES / made.devices.length / 2);
    const grown = (device: string, command: string[]): string => made.lvm(command[0]!, '-y', '-l', ...command.slice(1), device);
    for (const [index, device] of made.devices.entries()) {
      const create = ['lvcreate', String(extents), '-an', '-Zn', '-Wn', '-n', volume, group];
      grown(device, index === 0 ? create : ['lvextend', `+${extents}`, `${group}/${volume}`]);
      // What lies between its pieces is another's.
      grown(device, ['lvcreate', '1', '-an', '-Zn', '-Wn', '-n', `between${index}`, group]);
      grown(device, ['lvextend', `+${extents}`, `${group}/${volume}`]);
    }
    const starts = made.report('pvs', 'pv_name,pe_start').map(([device, start]) => [device, Number(start)] as const);
    const images = await Promise.all(made.images.map((image) => readFile(image)));
    for (const segment of made.segments(group).filter((each) => each.volume === volume)) {
      const { member, extent } = segment.areas[0]!;
      const dataStart = starts.find(([device]) => device === made.devices[member])![1];
      const from = segment.start * EXTENT_BYTES;
      content.copy(images[member]!, dataStart + extent * EXTENT_BYTES, from, from + segment.extents * EXTENT_BYTES);
    }
    return images;
  } finally {
    made.close();
  }
}

/** Lays content into the devices of a RAID1 array, where mdadm says that their data begin. */
export async function mirrored(folder: string, names: readonly string[], content: Buffer): Promise<Buffer[]> {
  return Promise.all(
    names.map(async (name) => {
      const device = await fixture(name);
      const path = join(folder, name);
      await writeFile(path, device);
      const [, sectors] = /Data Offset : (\d+) sectors/.exec(await must('mdadm', '--examine', path))!;
      content.copy(device, Number(sectors) * 512);
      return device;
    }),
  );
}

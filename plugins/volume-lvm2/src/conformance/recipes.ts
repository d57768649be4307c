import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContainerRecipe } from '@diskwright/sdk/testing';
import { facts, member } from '../testing/fixtures';
import { LvmGroup } from '../testing/lvmGroup';
import { volumeBytes } from './volumeBytes';

const MIB = 1024 * 1024;

/** What LVM, or the device mapper, said of a group when it was made. */
export interface GroupFacts {
  name: string;
  uuid: string;
  volumes: { name: string; size: number; sha256?: string; unavailable?: string }[];
}

export interface LvmRecipe extends ContainerRecipe {
  warnings?: readonly RegExp[];
}

type Create = (name: string, ...args: string[]) => void;

interface GroupCase {
  name: string;
  sizes: readonly number[];
  extentKibibytes: number;
  sectorSize?: 512 | 4096;
  isLong?: boolean;
  /** Of `pvcreate`, a device each; absent, none. */
  devices?: readonly (readonly string[])[];
  volumes(create: Create, group: LvmGroup): void;
}

const cases: readonly GroupCase[] = [
  { name: 'no volumes', sizes: [12 * MIB], extentKibibytes: 1024, volumes: () => undefined },
  { name: 'linear', sizes: [12 * MIB], extentKibibytes: 1024, volumes: (create) => create('root', '-L', '5m') },
  {
    name: 'linear, extended around another one',
    sizes: [12 * MIB],
    extentKibibytes: 256,
    volumes: (create, group) => {
      create('root', '-L', '2m');
      create('between', '-L', '1m');
      group.lvm('lvextend', '-y', 'group/root', '-L', '+3m');
      create('name-with.all_of+them', '-L', '256k');
    },
  },
  {
    name: 'linear over two devices',
    sizes: [8 * MIB, 12 * MIB],
    extentKibibytes: 512,
    volumes: (create) => create('data', '-l', '100%FREE'),
  },
  {
    name: 'sectors of 4096 bytes',
    sizes: [12 * MIB, 12 * MIB],
    extentKibibytes: 512,
    sectorSize: 4096,
    volumes: (create) => {
      create('root', '-L', '3m');
      create('two', '-i', '2', '-I', '64k', '-L', '4m');
    },
  },
  {
    name: 'labels in other sectors, two copies of the metadata, and none',
    sizes: [12 * MIB, 12 * MIB, 12 * MIB],
    extentKibibytes: 256,
    devices: [[], ['--pvmetadatacopies', '2', '--labelsector', '3'], ['--pvmetadatacopies', '0', '--dataalignment', '192k']],
    volumes: (create, group) => {
      const [first, second, third] = group.devices as [string, string, string];
      create('root', '-L', '3m', first);
      create('three', '-i', '3', '-I', '4k', '-L', '6m');
      create('two', '-i', '2', '-I', '64k', '-L', '2m', second, third);
      group.lvm('lvextend', '-y', 'group/root', '-L', '+2m', third);
      group.lvm('lvextend', '-y', 'group/two', '-i', '3', '-I', '128k', '-L', '+3m');
    },
  },
  {
    name: '60 volumes',
    isLong: true,
    sizes: [16 * MIB],
    extentKibibytes: 64,
    volumes: (_, group) => {
      const names = Array.from({ length: 60 }, (__, index) => `volume${index}`);
      for (const name of names) group.lvm('lvcreate', '-y', '-an', '-Zn', '-Wn', '-n', name, '-l', '2', 'group');
    },
  },
];

/** Where the facts lie, beside the members. */
export const factsFile = (paths: readonly string[]): string => join(dirname(paths[0]!), 'facts.json');

function recipeOf({ name, sizes, extentKibibytes, sectorSize, isLong = false, devices = [], volumes }: GroupCase): LvmRecipe {
  return {
    name,
    members: sizes.length,
    needsRoot: true,
    isLong,
    ...(sectorSize && { sectorSize }),
    make: (paths) => {
      const group = new LvmGroup(sizes, paths, sectorSize);
      try {
        group.devices.forEach((device, index) => group.lvm('pvcreate', '-y', ...(devices[index] ?? []), device));
        group.lvm('vgcreate', '-s', `${extentKibibytes}k`, 'group', ...group.devices);
        const create: Create = (volume, ...args) =>
          void group.lvm('lvcreate', '-y', '-an', '-Zn', '-Wn', '-n', volume, ...placed(args));
        volumes(create, group);
        writeFileSync(factsFile(paths), JSON.stringify(fill(group, extentKibibytes * 1024)));
      } finally {
        group.close();
      }
    },
  };
}

/** The group stands behind the options, and before the devices. */
function placed(args: readonly string[]): string[] {
  const devices = args.filter((each) => each.startsWith('/dev/'));
  return [...args.slice(0, args.length - devices.length), 'group', ...devices];
}

/** Fills the data, and writes down what LVM says where they lie. */
function fill(group: LvmGroup, extentBytes: number): GroupFacts {
  const data = group
    .report('pvs', 'pe_start,pv_pe_count')
    .map(([start, count]) => ({ offset: Number(start), length: Number(count) * extentBytes }));
  group.fill(data);
  const images = group.images.map((path) => readFileSync(path));
  const segments = group.segments('group');
  const [[name, uuid]] = group.report('vgs', 'vg_name,vg_uuid') as [[string, string]];
  const volumes = group.report('lvs', 'lv_name,lv_size', 'group').map(([volume, size]) => {
    const own = segments.filter((segment) => segment.volume === volume);
    const bytes = volumeBytes(own, images, data, extentBytes);
    return { name: volume!, size: Number(size), sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  return { name, uuid, volumes };
}

/** Of what the device mapper made, why it cannot be read. */
const NOT_READ: Readonly<Record<string, string>> = {
  before: 'it is a snapshot of root',
  copied: 'it is RAID1',
  mirrored: 'it is a mirror',
  pool: 'it is a pool of thin volumes',
  thin: 'it is a thin volume',
};

/** A group that the device mapper wrote; see test/fixtures/volumes/README.md. */
const allKinds: LvmRecipe = {
  name: 'volumes of all kinds, by the device mapper',
  members: 3,
  make: (paths) => {
    paths.forEach((path, index) => writeFileSync(path, member(index as 0 | 1 | 2)));
    const hashes = new Map(facts('group/').map(([name, , hash]) => [name!.slice('group/'.length), hash!]));
    const volumes = facts('volume ').map(([, name, size]) => ({
      name: name!,
      size: Number(size),
      ...(hashes.has(name!) && { sha256: hashes.get(name!)! }),
      ...(name! in NOT_READ && { unavailable: NOT_READ[name!]! }),
    }));
    writeFileSync(factsFile(paths), JSON.stringify({ name: 'group', uuid: '', volumes } satisfies GroupFacts));
  },
};

/** The same without its last device: what lies on that is missing. */
const missing: LvmRecipe = {
  name: 'volumes of all kinds, a device missing',
  members: 2,
  make: (paths) => {
    allKinds.make([...paths, join(dirname(paths[0]!), 'missing')], 0);
    const all = JSON.parse(readFileSync(factsFile(paths), 'utf8')) as GroupFacts;
    const volumes = all.volumes.map(({ sha256, ...volume }) =>
      ['striped', 'two', 'root'].includes(volume.name) ? { ...volume, unavailable: 'is missing$' } : { ...volume, sha256 },
    );
    writeFileSync(factsFile(paths), JSON.stringify({ ...all, volumes }));
  },
};

/** Groups of every kind that is read, and what of others is told. */
export const recipes: readonly LvmRecipe[] = [...cases.map(recipeOf), allKinds, missing];

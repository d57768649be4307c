import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { asSfdisk, isRoot, normalized, TableImage, tools } from './testing/tableImage';

const mib = 1024 * 1024;
const gib = 1024 * mib;

interface Sample {
  title: string;
  size?: number;
  sectorSize?: 512 | 4096;
  make(image: TableImage): unknown;
}

const many = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => [`-n${index + 1}:${4096 + index * 64}:+63`, `-c${index + 1}:part ${index}`]).flat();

const samples: Sample[] = [
  { title: 'GPT without partitions', make: (image) => image.sgdisk('-o') },
  { title: 'GPT with one partition', make: (image) => image.sgdisk('-n1:0:0') },
  {
    title: 'GPT with types, names and attributes',
    make: (image) =>
      image.sgdisk('-n1:2048:+1M', '-t1:ef00', '-c1:EFI', '-n2:0:+2M', '-t2:8200', '-A2:set:2', '-n3:0:0', '-c3:Größe 大 😀'),
  },
  {
    title: 'GPT with gaps in numbers and places',
    make: (image) => image.sgdisk('-n7:20480:+1M', '-n3:4096:+1M', '-n128:2048:4095'),
  },
  { title: 'GPT with 128 partitions', make: (image) => image.sgdisk('-a1', ...many(128)) },
  {
    title: 'GPT with 256 entries',
    make: (image) =>
      image
        .sgdisk('-o')
        .sgdisk('-S256')
        .sgdisk('-a1', ...many(200)),
  },
  { title: 'GPT with entries moved away from LBA 2', make: (image) => image.sgdisk('-n1:4096:0', '-j', '1024') },
  { title: 'GPT by sfdisk', make: (image) => image.sfdisk('label: gpt\nfirst-lba: 64\nsize=4M,type=U,name="a b"\n,,L') },
  { title: 'GPT by sfdisk with 8 entries', make: (image) => image.sfdisk('label: gpt\ntable-length: 8\nsize=4M\n,,L') },
  {
    title: 'GPT by parted',
    make: (image) =>
      image.run('parted', [
        '-s',
        '{}',
        'mklabel',
        'gpt',
        'mkpart',
        'one',
        '1MiB',
        '5MiB',
        'mkpart',
        'two',
        '5MiB',
        '100%',
        'set',
        '2',
        'legacy_boot',
        'on',
      ]),
  },
  { title: 'GPT with a hybrid boot record', make: (image) => image.sgdisk('-n1:2048:+4M', '-n2:0:+4M', '-n3:0:0', '-h2:3') },
  { title: 'GPT of a disk of 3 TiB', size: 3 * 1024 * gib, make: (image) => image.sgdisk('-n1:0:+2T', '-n2:0:0') },
  { title: 'GPT of an odd size', size: 16 * mib + 512, make: (image) => image.sgdisk('-n1:0:0') },
  { title: 'MBR with four primary partitions', make: (image) => image.sfdisk('label: dos\n,4M,L\n,4M,7,*\n,4M,c\n,,82') },
  { title: 'MBR without partitions', make: (image) => image.sfdisk('label: dos') },
  { title: 'MBR with a given signature', make: (image) => image.sfdisk('label: dos\nlabel-id: 0x0012ab00\n,,L') },
  {
    title: 'MBR with logical partitions',
    make: (image) => image.sfdisk('label: dos\n,2M,L\n,,5\n,1M,L\n,1M,7\n,1M,82\n,,L'),
  },
  {
    title: 'MBR with type 0f and a partition behind',
    make: (image) =>
      image.sfdisk(
        'label: dos\n2048,4096,83\n8192,16384,f\n24576,,83,*\nstart=10240,size=2048,type=83\nstart=14336,size=2048,type=83',
      ),
  },
  { title: 'MBR with an empty extended partition', make: (image) => image.sfdisk('label: dos\n,2M,L\n,,85') },
  {
    title: 'MBR with logical partitions made out of order',
    make: (image) =>
      image.sfdisk(
        'label: dos\n2048,,5\nstart=20480,size=2048,type=83\nstart=4096,size=2048,type=83\nstart=12288,size=2048,type=83',
      ),
  },
  {
    title: 'MBR with 30 logical partitions',
    size: 64 * mib,
    make: (image) => image.sfdisk(`label: dos\n2048,,f\n${',1M,83\n'.repeat(30)}`),
  },
  {
    title: 'MBR with a logical partition removed',
    make: (image) => {
      image.sfdisk('label: dos\n2048,,5\n,1M,L\n,1M,7\n,1M,82');
      image.run('sfdisk', ['-q', '--delete', '{}', '5']);
      return image.run('sfdisk', ['-q', '--delete', '{}', '5']);
    },
  },
  {
    title: 'MBR by parted',
    make: (image) =>
      image.run('parted', [
        '-s',
        '{}',
        'mklabel',
        'msdos',
        'mkpart',
        'primary',
        '1MiB',
        '3MiB',
        'mkpart',
        'extended',
        '3MiB',
        '100%',
        'mkpart',
        'logical',
        '4MiB',
        '6MiB',
        'mkpart',
        'logical',
        '7MiB',
        '100%',
        'set',
        '1',
        'boot',
        'on',
      ]),
  },
  { title: 'MBR of a disk of 2 TiB', size: 2048 * gib, make: (image) => image.sfdisk('label: dos\n,1T,L\n,,L') },
  { title: 'MBR by sgdisk', make: (image) => image.sgdisk('-n1:2048:+4M', '-n2:0:0').sgdisk('-m1:2') },
  { title: 'GPT by sgdisk from an MBR', make: (image) => image.sfdisk('label: dos\n,4M,L\n,4M,7,*\n').sgdisk('-g') },
];
const with4096: Sample[] = [
  { title: 'GPT with one partition', make: (image) => image.sgdisk('-n1:0:0') },
  { title: 'GPT with several', make: (image) => image.sgdisk('-n1:256:+4M', '-t1:ef00', '-n2:0:+4M', '-c2:two', '-n5:0:0') },
  { title: 'GPT with 8 entries', make: (image) => image.sfdisk('label: gpt\ntable-length: 8\nsize=4M\n,,L') },
  { title: 'GPT with a hybrid boot record', make: (image) => image.sgdisk('-n1:256:+4M', '-n2:0:0', '-h1') },
  { title: 'MBR', make: (image) => image.sfdisk('label: dos\n,4M,L\n,4M,7,*') },
  { title: 'MBR with logical partitions', make: (image) => image.sfdisk('label: dos\n,4M,L\n,,5\n,2M,L\n,2M,7') },
];

async function compare({ size = 32 * mib, sectorSize = 512, make }: Sample): Promise<void> {
  const image = new TableImage(size, sectorSize);
  make(image);
  const layout = await image.layout();
  expect(asSfdisk(layout, sectorSize)).toEqual(normalized(image.sfdiskJson()));
  expect(layout.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
}

describe.skipIf(toolsMissing(...tools))('the layout is what sfdisk shows', () => {
  test.each(samples)('$title', compare);
});

describe.skipIf(toolsMissing(...tools, 'losetup') || !isRoot)(
  'the layout is what sfdisk shows, with sectors of 4096 bytes',
  () => {
    test.each(with4096.map((sample) => ({ ...sample, sectorSize: 4096 as const, size: 64 * mib })))('$title', compare);
  },
);

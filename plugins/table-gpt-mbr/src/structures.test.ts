import { describe, expect, test } from 'vitest';
import type { StructureField, StructureInstance } from '@diskwright/sdk/protocol';
import { toolsMissing } from '@diskwright/sdk/testing';
import { crc32 } from '@diskwright/sdk/struct';
import { gptEntry } from './structures/gptEntry';
import { gptHeader } from './structures/gptHeader';
import { masterBootRecord } from './structures/masterBootRecord';
import { mbrPartitionEntry } from './structures/mbrPartitionEntry';
import { prototype, TableImage, tools } from './testing/tableImage';

const mib = 1024 * 1024;
const structuresOf = (image: TableImage): Promise<StructureInstance[]> =>
  image.open(async (table) => [...table.structures(new AbortController().signal)]);
const fieldOf = ({ fields }: StructureInstance, ...path: string[]): StructureField | undefined =>
  path.reduce<StructureField | undefined>(
    (found, name) => (found ? found.fields : fields)?.find((candidate) => candidate.name === name),
    undefined,
  );

test('the checksum is that of every CRC-32', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
});

describe.skipIf(toolsMissing(...tools))('structures of a GPT', () => {
  const make = prototype(32 * mib, (image) => image.sgdisk('-n1:2048:+4M', '-t1:ef00', '-c1:EFI', '-A1:set:2', '-n2:0:0'));

  test.each([
    ['GPT header', gptHeader, 512],
    ['GPT partition entry', gptEntry, 1024],
  ])('%s: parser and encoder give back what sgdisk wrote', (_, layout, offset) => {
    const bytes = make().read(offset, layout.size);
    expect((layout as typeof gptHeader).encode((layout as typeof gptHeader).read(bytes))).toEqual(bytes);
  });

  test('the header is parsed as sgdisk made it', async () => {
    const image = make();
    const header = gptHeader.read(image.read(512, 512));
    const { id, firstlba, lastlba } = image.sfdiskJson();
    expect(header).toMatchObject({ signature: 'EFI PART', revision: 0x10000, headerSize: 92, myLba: 1n, alternateLba: 65535n });
    expect(header).toMatchObject({
      firstUsableLba: BigInt(firstlba!),
      lastUsableLba: BigInt(lastlba!),
      diskGuid: id.toLowerCase(),
    });
  });

  test('all lie where their bytes are, in ascending order, without findings', async () => {
    const structures = await structuresOf(make());
    expect(structures.length).toBe(1 + 2 * (1 + 128));
    const offsets = structures.map(({ offset }) => offset);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(structures.flatMap(({ name, findings }) => (name === 'GPT partition entry' ? [] : findings))).toEqual([]);
    const [record, header, entry] = structures;
    expect(fieldOf(record!, 'partitions', '0', 'type')).toMatchObject({ offset: 450, length: 1, value: '0xee (GPT protective)' });
    expect(fieldOf(header!, 'lastUsableLba')).toMatchObject({ offset: 512 + 48, length: 8, value: '65502' });
    expect(fieldOf(entry!, 'typeGuid')?.value).toBe('c12a7328-f81f-11d2-ba4b-00a0c93ec93b (EFI system partition)');
    expect(fieldOf(entry!, 'attributes')).toMatchObject({
      offset: 1024 + 48,
      value: '0x0000000000000004 (legacy BIOS bootable)',
    });
  });

  test('the encoder of a field writes what sgdisk then shows', async () => {
    const image = make();
    const edit = { structure: 'GPT partition entry', structureOffset: 1024 + 128, field: ['name'], value: 'edited' };
    const { offset, bytes } = await image.open((table) => table.encodeField(edit));
    image.write(offset, bytes);
    const array = crc32(image.read(1024, 128 * 128));
    const fields = [
      ['entryArrayCrc32', `0x${array.toString(16)}`],
      ['headerCrc32', '0'],
    ] as const;
    for (const [field, value] of fields) {
      const change = await image.open((table) =>
        table.encodeField({ structure: 'GPT header', structureOffset: 512, field: [field], value }),
      );
      image.write(change.offset, change.bytes);
    }
    image.write(512 + 16, gptHeader.encodeField('headerCrc32', String(crc32(image.read(512, 92)))).bytes);
    expect(image.run('sgdisk', ['-i2', '{}'])).toContain("Partition name: 'edited'");
  });

  test.each([
    ['an unknown field', 512, ['nothing'], '1'],
    ['a text that is no value', 512, ['myLba'], 'first'],
    ['a place without such a structure', 1536, ['myLba'], '1'],
  ])('the encoder does not take %s', async (_, structureOffset, field, value) => {
    const edit = { structure: 'GPT header', structureOffset, field, value };
    await expect(make().open((table) => table.encodeField(edit))).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  test('of a damaged header carry its findings', async () => {
    const structures = await structuresOf(make().write(512 + 56, Buffer.from([1, 2, 3])));
    expect(structures.find(({ offset }) => offset === 512)?.findings).toMatchObject([{ code: 'gpt.primary.crc' }]);
  });
});

describe.skipIf(toolsMissing(...tools))('structures of an MBR', () => {
  const make = (): TableImage =>
    new TableImage(32 * mib).sfdisk('label: dos\n2048,4096,83,*\n6144,49152,5\n8192,4096,83\n14336,4096,7');

  test('parser and encoder give back what sfdisk wrote', () => {
    const image = make();
    const record = image.read(0, 512);
    expect(masterBootRecord.encode(masterBootRecord.read(record))).toEqual(record);
    const entry = image.read(446, 16);
    expect(mbrPartitionEntry.encode(mbrPartitionEntry.read(entry))).toEqual(entry);
    expect(mbrPartitionEntry.read(entry)).toMatchObject({ bootIndicator: 0x80, type: 0x83, startLba: 2048, sectorCount: 4096 });
  });

  test('are the boot record and each extended boot record', async () => {
    const structures = await structuresOf(make());
    expect(structures.map(({ name, offset }) => [name, offset / 512])).toEqual([
      ['master boot record', 0],
      ['extended boot record', 6144],
      ['extended boot record', 12288],
    ]);
    expect(fieldOf(structures[0]!, 'partitions', '0', 'bootIndicator')?.value).toBe('0x80 (active)');
  });

  test('the encoder of a field inside of an entry writes what sfdisk then shows', async () => {
    const image = make();
    const edit = { structure: 'master boot record', structureOffset: 0, field: ['partitions', '0', 'type'], value: '0x82' };
    const { offset, bytes } = await image.open((table) => table.encodeField(edit));
    expect(offset).toBe(450);
    expect(image.write(offset, bytes).sfdiskJson().partitions?.[0]?.type).toBe('82');
  });

  test('signatures are the marks at both ends and inside', async () => {
    const marks = await make().open((table) => table.signatures());
    expect(marks.map(({ offset }) => offset)).toEqual([510, 6144 * 512 + 510, 12288 * 512 + 510]);
    const gptMarks = await new TableImage(32 * mib).sgdisk('-o').open((table) => table.signatures());
    expect(gptMarks.map(({ offset }) => offset)).toEqual([510, 512, 32 * mib - 512]);
  });
});

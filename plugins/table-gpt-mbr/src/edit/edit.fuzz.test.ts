import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DiskwrightError } from '@diskwright/sdk/errors';
import type { PartitionOperation, TableLayout } from '@diskwright/sdk/protocol';
import { toolsMissing } from '@diskwright/sdk/testing';
import { asSfdisk, normalized, signal, TableImage, tools } from '../testing/tableImage';
import { createTable } from './editTable';

const mib = 1024 * 1024;
const size = 64 * mib;
const types = { gpt: '0fc63daf-8483-4772-8e79-3d69d8477de4', mbr: '0x83' } as const;
const cases = Number(process.env['FUZZ_CASES'] ?? 1000) / 40;

/** Half of the places are whole mebibytes, where partitions touch; the others any sector. */
const place = fc.oneof(
  fc.integer({ min: 0, max: 64 }).map((count) => count * mib),
  fc.integer({ min: 0, max: size / 512 }).map((sector) => sector * 512),
);
const length = fc.oneof(
  fc.integer({ min: 1, max: 24 }).map((count) => count * mib),
  fc.integer({ min: 1, max: 4096 }).map((count) => count * 512),
);
const number = fc.integer({ min: 1, max: 8 });

function operation(table: 'gpt' | 'mbr'): fc.Arbitrary<PartitionOperation> {
  const type = fc.constantFrom<string>(types[table], ...(table === 'mbr' ? ['0x5', '0x7'] : []));
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('create' as const), start: place, size: length, type }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), number }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('resize' as const), number, size: length }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), number, start: place }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('set' as const), number, bootable: fc.boolean() }) },
  );
}

/** What no table may say: partitions over each other or over the table. */
function expectApart({ partitions, structures }: TableLayout): void {
  const claims = [
    ...partitions.filter(({ role }) => role !== 'extended').map(({ start, size: bytes }) => ({ offset: start, length: bytes })),
    ...structures,
  ];
  const inOrder = claims.sort((a, b) => a.offset - b.offset);
  for (const [index, { offset }] of inOrder.entries()) {
    const before = inOrder[index - 1];
    expect(before ? before.offset + before.length : 0).toBeLessThanOrEqual(offset);
  }
}

test.skipIf(toolsMissing(...tools)).each(['gpt', 'mbr'] as const)(
  'whatever is done to a %s, one set of operations after the other, the tools find nothing wrong with it',
  { timeout: 600_000 },
  async (kind) => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(operation(kind), { minLength: 1, maxLength: 3 }), { minLength: 6, maxLength: 12 }),
        async (sets) => {
          const image = new TableImage(size);
          const created = await createTable({ type: kind, target: { size, sectorSize: 512 }, operations: [] }, signal);
          image.apply(created.writes);
          for (const operations of sets) {
            const edited = await image.edit(...operations).catch((error: unknown) => {
              expect(error).toBeInstanceOf(DiskwrightError);
              return null;
            });
            if (!edited) continue;
            image.apply(edited.writes);
            expect(await image.layout()).toEqual(edited.layout);
            expect(edited.layout.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
            expectApart(edited.layout);
            done++;
          }
          expect(image.run('sfdisk', ['--verify', '{}'])).toContain('No errors detected');
          if (kind === 'gpt') expect(image.run('sgdisk', ['-v', '{}'])).toContain('No problems found');
          expect(asSfdisk(await image.layout(), 512)).toEqual(normalized(image.sfdiskJson()));
          image.remove();
        },
      ),
      { numRuns: Math.max(1, Math.round(cases)) },
    );
    expect(done).toBeGreaterThan(cases);
  },
);

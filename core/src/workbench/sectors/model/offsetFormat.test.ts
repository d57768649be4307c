import { describe, expect, it } from 'vitest';
import { offsetFormats, OffsetWriter, partitionAt } from './offsetFormat';

const context = {
  size: 2 ** 40,
  sectorSize: 512,
  partitions: [
    { number: 1, start: 1_048_576, size: 2 ** 30 },
    { number: 5, start: 2_097_152, size: 4096 },
  ],
};

describe('offsets', () => {
  it.each([
    ['hexadecimal', '000001F400'],
    ['decimal', '       128000'],
    ['sector', '       250:000'],
    ['partition', '   000001F400'],
  ] as const)('as %s', (format, text) => {
    expect(new OffsetWriter(format, context).write(128_000)).toBe(text);
  });

  it('count from the start of the innermost partition', () => {
    expect(new OffsetWriter('partition', context).write(2_097_153)).toBe('p5:0000000001');
    expect(partitionAt(context.partitions, 2_097_152 + 4096)?.number).toBe(1);
  });

  it.each(offsetFormats)('as %s are of one width all over a device', (format) => {
    const writer = new OffsetWriter(format, context);
    for (const offset of [0, 1_048_576, 2_097_152, 2 ** 40 - 1]) expect(writer.write(offset)).toHaveLength(writer.width);
  });
});

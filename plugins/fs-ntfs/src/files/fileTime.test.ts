import { expect, test } from 'vitest';
import { SeededRandom } from '@diskwright/sdk/testing';
import { fileTime, fileTimeMilliseconds } from './fileTime';

const EPOCH_TICKS = 116_444_736_000_000_000n;

function bytesOf(ticks: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(ticks);
  return bytes;
}

test('the last tick of a second belongs to that second, in both forms of a time', () => {
  const lastTick = bytesOf(EPOCH_TICKS + BigInt(Date.parse('2024-12-31T23:59:59Z')) * 10_000n + 9_999_999n);
  expect(fileTimeMilliseconds(lastTick, 0)).toBe(Date.parse('2024-12-31T23:59:59.999Z'));
  expect(fileTime(lastTick, 0)).toEqual({ seconds: Date.parse('2024-12-31T23:59:59Z') / 1000, nanoseconds: 999_999_900 });
});

test('any time is the same in both forms', () => {
  const random = new SeededRandom(7);
  for (let round = 0; round < 2000; round++) {
    const bytes = random.bytes(8);
    const { seconds, nanoseconds } = fileTime(bytes, 0)!;
    expect(fileTimeMilliseconds(bytes, 0)).toBe(seconds * 1000 + Math.floor(nanoseconds / 1_000_000));
  }
});

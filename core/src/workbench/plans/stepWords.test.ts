import { expect, test } from 'vitest';
import type { Step } from '@diskwright/sdk/protocol';
import { stepWords } from './stepWords';

const common = { phase: 'content', structure: 'partition 2 (ext4)', reason: '' } as const;
const extents = { digest: '0'.repeat(64), bytes: 32, count: 4, covered: 7_766_016 };
const place = (device: string, offset: number) => ({ device, offset });

const words = (step: Step): string[] => {
  const { title, detail } = stepWords(step);
  return [title, detail];
};

test('a copy says how much of what, and from where to where', () => {
  const step = { ...common, kind: 'copy', source: place('source', 512), target: place('target', 1024), extents } as const;
  expect(words(step)).toEqual(['Copy 7.4 MiB of partition 2 (ext4)', '4 extents, from source at 512 to target at 1024']);
});

test('a copy within a device is a move', () => {
  const step = { ...common, kind: 'copy', source: place('target', 512), target: place('target', 1024), extents } as const;
  expect(stepWords(step).detail).toContain('moved from target at 512 to target at 1024');
});

test.each([
  ['AA==', '1 B'],
  ['AAA=', '2 B'],
  ['AAAA', '3 B'],
])('a write of %s counts its bytes', (bytes, size) => {
  const step = { ...common, kind: 'write', target: place('target', 0), bytes, reason: 'marks the disk' } as const;
  expect(words(step)).toEqual([`Write partition 2 (ext4), ${size}`, 'to target at 0, marks the disk']);
});

test('zeros count what their extents cover, or the whole area', () => {
  const step = { ...common, kind: 'zero', target: place('target', 0), length: 16_777_216 } as const;
  expect(stepWords(step).title).toBe('Fill partition 2 (ext4) with zeros, 16 MiB');
  expect(stepWords({ ...step, extents }).title).toBe('Fill partition 2 (ext4) with zeros, 7.4 MiB');
});

test('what only reads says so', () => {
  const check: Step = { ...common, kind: 'assert', device: place('source', 0), ranges: [], digest: '' };
  expect(words(check)).toEqual(['Make sure that nothing has changed: partition 2 (ext4)', '0 ranges of source at 0']);
  expect(stepWords({ ...common, kind: 'verify', device: 'target' })).toMatchObject({
    title: 'Read back and compare: partition 2 (ext4)',
    place: null,
  });
});

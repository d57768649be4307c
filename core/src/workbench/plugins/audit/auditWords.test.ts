/** @module-tag alone */
import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../common/workbench';
import { amountWords, rangeWords, sinceOf, whoWords } from './auditWords';

const entry: AuditEntry = {
  id: '1',
  operation: 'read',
  plugin: 'vendor.reader',
  version: '1.0.0',
  user: { id: 0, name: 'root' },
  device: '/disk.img',
  first: '2026-01-01T00:00:00.000Z',
  last: '2026-01-01T00:00:01.000Z',
  bytes: 1024,
  requests: 2,
  ranges: [
    [0, 512],
    [4096, 512],
  ],
  rounded: false,
};

test('a plugin that read is named with its version, what it read with its requests and places', () => {
  expect([whoWords(entry), amountWords(entry), rangeWords(entry)]).toEqual([
    'vendor.reader 1.0.0',
    '1 KiB in 2 requests',
    '0–511 and 1 more',
  ]);
});

test('what no plugin planned is Diskwright’s, and rounded ranges say that they are', () => {
  expect(whoWords({ ...entry, plugin: null, version: '' })).toBe('Diskwright');
  expect(rangeWords({ ...entry, ranges: [[0, 512]], rounded: true })).toBe('within 0–511');
});

test('a period begins so long before now', () => {
  expect(sinceOf('all', 0)).toBeNull();
  expect(sinceOf('day', Date.parse('2026-01-02T00:00:00Z'))).toBe('2026-01-01T00:00:00.000Z');
});

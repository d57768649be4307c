import { expect, test } from 'vitest';
import type { OpenedNode } from '../contracts';
import { Claims } from './claimRegistry';

function opened(path: string, address = path): OpenedNode {
  const node = { path } as OpenedNode['node'];
  return {
    node,
    kind: 'nbd',
    model: null,
    serial: null,
    readOnly: true,
    notes: [],
    storage: { kind: 'nbd', address, exportName: '' },
  };
}

test('two may read a source', async () => {
  const claims = new Claims();
  await claims.claim(opened('a'), 'source', 'job 1');
  await claims.claim(opened('a'), 'source', 'job 2');
});

test('a source keeps writers off, under any name, until it is released', async () => {
  const claims = new Claims();
  const source = await claims.claim(opened('a', 'x'), 'source', 'job 1');
  await expect(claims.claim(opened('b', 'x'), 'target', 'job 2')).rejects.toMatchObject({
    code: 'Refused',
    message: expect.stringMatching(/job 1 reads a/),
  });
  source.release();
  await claims.claim(opened('b', 'x'), 'target', 'job 2');
});

test('a target keeps readers as a source and other writers off, and shows as changing', async () => {
  const claims = new Claims();
  const target = await claims.claim(opened('a'), 'target', 'job 1');
  await expect(claims.claim(opened('a'), 'source', 'job 2')).rejects.toMatchObject({
    code: 'Refused',
    message: expect.stringMatching(/job 1 writes a/),
  });
  await expect(claims.claim(opened('a'), 'target', 'job 2')).rejects.toMatchObject({ code: 'Refused' });
  expect(claims.isChanging(opened('a'))).toBe(true);
  expect(claims.isChanging(opened('b'))).toBe(false);
  target.release();
  expect(claims.isChanging(opened('a'))).toBe(false);
});

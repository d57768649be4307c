import { expect, test } from 'vitest';
import { type TreeNode, treeRows } from './treeRows';

const leaf = (id: string): TreeNode => ({ id, label: id });
const disks: TreeNode[] = [
  { id: 'sda', label: 'sda', children: [leaf('sda1'), { id: 'sda2', label: 'sda2', children: [leaf('sb')] }] },
  { id: 'sdb', label: 'sdb', lazy: true },
  { id: 'sdc', label: 'sdc', children: [] },
];
const rows = (...open: string[]) => treeRows(disks, new Set(open), ({ children }) => children);

test('only what is open shows its children', () => {
  expect(rows().map(({ node }) => node.id)).toEqual(['sda', 'sdb', 'sdc']);
  expect(rows('sda').map(({ node, level }) => `${level} ${node.id}`)).toEqual(['1 sda', '2 sda1', '2 sda2', '1 sdb', '1 sdc']);
});

test('rows say what screen readers tell of them', () => {
  expect(rows('sda', 'sda2')[3]).toMatchObject({
    node: { id: 'sb' },
    level: 3,
    parent: 2,
    expanded: null,
    position: 1,
    siblings: 1,
  });
  expect(rows().map(({ expanded }) => expanded)).toEqual([false, false, null]);
});

test('a node that loads its children can be opened before they are there', () => {
  expect(rows('sdb')[1]).toMatchObject({ expanded: true });
});

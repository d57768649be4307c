import { RefusedError } from '@diskwright/sdk/errors';
import { expect, it } from 'vitest';
import { stagedLimit, StagedEdits } from './stagedEdits';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

it('neighbouring bytes are one run, with what they replace', () => {
  const edits = new StagedEdits();
  edits.write(101, bytes(2), bytes(9));
  edits.write(100, bytes(1), bytes(8));
  edits.write(200, bytes(3), bytes(7));
  expect(edits.runs()).toEqual([
    { offset: 100, before: bytes(1, 2), after: bytes(8, 9) },
    { offset: 200, before: bytes(3), after: bytes(7) },
  ]);
});

it('a byte that gets its old value back is not staged', () => {
  const edits = new StagedEdits();
  edits.write(5, bytes(1), bytes(2));
  edits.write(5, bytes(1), bytes(1));
  expect(edits.count).toBe(0);
  expect(edits.canUndo).toBe(true);
});

it('undo and redo go step by step, over reverts as well', () => {
  const edits = new StagedEdits();
  edits.write(5, bytes(1), bytes(2));
  edits.write(5, bytes(1), bytes(3));
  edits.write(9, bytes(0), bytes(4));
  edits.revert(5, 1);
  expect(edits.at(5)).toBeUndefined();
  expect(edits.undo()).toEqual({ offset: 5, length: 1 });
  expect(edits.at(5)).toBe(3);
  edits.undo();
  edits.undo();
  expect([edits.at(5), edits.at(9)]).toEqual([2, undefined]);
  edits.redo();
  expect(edits.at(5)).toBe(3);
  edits.write(5, bytes(1), bytes(6));
  expect(edits.canRedo).toBe(false);
});

it('reverting all can be undone', () => {
  const edits = new StagedEdits();
  edits.write(5, bytes(1, 2), bytes(3, 4));
  edits.revertAll();
  expect(edits.count).toBe(0);
  edits.undo();
  expect(edits.runs()).toHaveLength(1);
});

it('what was stored comes back; what cannot be right does not', () => {
  const edits = new StagedEdits();
  edits.write(5, bytes(1, 2), bytes(3, 4));
  const other = new StagedEdits();
  other.load(
    [...edits.toStored(), { offset: 99, before: '00', after: '0011' }, { offset: 1000, before: '00', after: '01' }],
    100,
  );
  expect(other.runs()).toEqual(edits.runs());
});

it('has a limit, and keeps what was staged when it is reached', () => {
  const edits = new StagedEdits();
  expect(() => edits.write(0, new Uint8Array(stagedLimit + 1), new Uint8Array(stagedLimit + 1).fill(1))).toThrow(RefusedError);
  expect(edits.count).toBe(0);
});

it('what the device holds by now is staged no longer', () => {
  const edits = new StagedEdits();
  edits.write(5, bytes(1, 2), bytes(3, 4));
  edits.rebase(5, bytes(3, 9));
  expect(edits.runs()).toEqual([{ offset: 6, before: bytes(9), after: bytes(4) }]);
  expect(edits.canUndo).toBe(false);
});

it('what is typed in one run is one step, from its first state to its last', () => {
  const edits = new StagedEdits();
  const run = {};
  edits.write(5, bytes(0x11), bytes(0xa1), run);
  edits.write(5, bytes(0x11), bytes(0xab), run);
  edits.write(6, bytes(0x22), bytes(0xcd), run);
  edits.revert(6, 1, run);
  edits.write(9, bytes(1), bytes(2), {});
  expect(edits.undo()).toEqual({ offset: 9, length: 1 });
  expect(edits.undo()).toEqual({ offset: 5, length: 2 });
  expect(edits.count).toBe(0);
  edits.redo();
  expect([edits.at(5), edits.at(6)]).toEqual([0xab, undefined]);
});

it('a run that was undone goes on as a new step', () => {
  const edits = new StagedEdits();
  const run = {};
  edits.write(5, bytes(1), bytes(2), run);
  edits.undo();
  edits.write(5, bytes(1), bytes(3), run);
  edits.write(6, bytes(1), bytes(4), run);
  edits.undo();
  expect([edits.count, edits.canUndo]).toEqual([0, false]);
});

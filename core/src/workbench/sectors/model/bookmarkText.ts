import { InvalidInputError } from '@diskwright/sdk/errors';

/** A bookmark as it is written for other windows, devices and people; without what only this window needs. */
export interface PortableBookmark {
  name: string;
  note: string;
  offset: number;
  length: number;
  /** Colour and shape, from 0. */
  tone: number;
}

interface About {
  path: string;
  size: number;
}

/** More than a person goes through. */
const most = 1000;
const longestName = 200;
const longestNote = 4000;

/** JSON: `{device, size, bookmarks: [{name, note, offset, length, tone}]}`. */
export function writeBookmarks({ path, size }: About, bookmarks: readonly PortableBookmark[]): string {
  const portable = bookmarks.map(({ name, note, offset, length, tone }) => ({ name, note, offset, length, tone }));
  return JSON.stringify({ device: path, size, bookmarks: portable }, null, 2);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/**
 * Reads what {@link writeBookmarks} wrote, or a list of bookmarks alone; `note`, `length` and `tone` may be left out.
 * @param size of the device that they are for: each has to lie on it
 * @throws InvalidInputError that says what is wrong with which bookmark
 */
export function readBookmarks(text: string, size: number): PortableBookmark[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`this is no JSON: ${(error as Error).message}`);
  }
  const list = Array.isArray(parsed) ? parsed : isRecord(parsed) ? parsed['bookmarks'] : null;
  if (!Array.isArray(list)) throw new InvalidInputError('there is no list of bookmarks in this');
  if (list.length === 0) throw new InvalidInputError('the list of bookmarks is empty');
  if (list.length > most) throw new InvalidInputError(`these are ${list.length} bookmarks; at most ${most} can be added at once`);
  return list.map((item: unknown, index) => readBookmark(item, index + 1, size));
}

function readBookmark(item: unknown, number: number, size: number): PortableBookmark {
  const wrong = (what: string): InvalidInputError => new InvalidInputError(`bookmark ${number}: ${what}`);
  if (!isRecord(item)) throw wrong('it is no object');
  const { name, note = '', offset, length = 1, tone = 0 } = item;
  if (typeof name !== 'string' || name.trim() === '') throw wrong('"name" is missing');
  if (name.length > longestName) throw wrong(`"name" is longer than ${longestName} characters`);
  if (typeof note !== 'string' || note.length > longestNote) throw wrong(`"note" is no text of up to ${longestNote} characters`);
  if (!isWhole(offset)) throw wrong('"offset" is no whole number of bytes');
  if (!isWhole(length) || length === 0) throw wrong('"length" is no whole number of bytes from 1 on');
  if (offset + length > size) throw wrong(`it reaches to byte ${offset + length}, but the device has only ${size}`);
  if (!isWhole(tone)) throw wrong('"tone" is no whole number');
  return { name: name.trim(), note, offset, length, tone };
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The name, or the first of `name 2`, `name 3`, … that none has, whatever its case. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  let free = name;
  for (let number = 2; isTaken(free); number += 1) free = `${name} ${number}`;
  return free;
}

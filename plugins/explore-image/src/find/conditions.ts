import { InvalidInputError } from '@diskwright/sdk/errors';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { parseSize } from '@diskwright/sdk/text';
import { nameGlob } from './nameGlob';
import { parseTime } from './parseTime';

/** What `find` is asked for, by the command's input schema. */
export interface Wanted {
  name?: string;
  ignoreCase?: boolean;
  type?: FilesystemEntry['type'];
  minSize?: string;
  maxSize?: string;
  newer?: string;
  older?: string;
  text?: string;
  hex?: string;
}

/** Whether an entry is wanted, by all that is known without reading it. @throws InvalidInputError for what is no size, time or pattern */
export function conditionsOf(wanted: Wanted, sectorSize: number, now: number): (entry: FilesystemEntry) => boolean {
  const { name, ignoreCase = false, type, minSize, maxSize, newer, older } = wanted;
  const conditions: ((entry: FilesystemEntry) => boolean)[] = [];
  const add = <V>(value: V | undefined, make: (value: V) => (entry: FilesystemEntry) => boolean): void => {
    if (value !== undefined) conditions.push(make(value));
  };
  add(type, (value) => (entry) => entry.type === value);
  add(minSize, (value) => {
    const least = parseSize(value, sectorSize, '--min-size');
    return ({ size }) => size >= least;
  });
  add(maxSize, (value) => {
    const most = parseSize(value, sectorSize, '--max-size');
    return ({ size }) => size <= most;
  });
  add(newer, (value) => {
    const time = parseTime(value, '--newer', now);
    return ({ mtime }) => mtime !== null && mtime > time;
  });
  add(older, (value) => {
    const time = parseTime(value, '--older', now);
    return ({ mtime }) => mtime !== null && mtime < time;
  });
  add(name, (value) => {
    const matches = nameGlob(value, ignoreCase);
    return ({ path }) => matches(path);
  });
  return (entry) => conditions.every((holds) => holds(entry));
}

/** Of which a wanted file holds one; null when its content does not matter. @throws InvalidInputError */
export function patternsOf({ text, hex }: Wanted): Buffer[] | null {
  if (text !== undefined && hex !== undefined) throw new InvalidInputError('--text and --hex exclude each other');
  if (text === '' || hex === '') throw new InvalidInputError('there is nothing to look for: the pattern is empty');
  if (text !== undefined) return [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')];
  if (hex === undefined) return null;
  const digits = hex.replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})+$/i.test(digits))
    throw new InvalidInputError(`--hex "${hex}" is not pairs of hexadecimal digits`, { todo: 'Write it as "eb 3c 90" or 55aa.' });
  return [Buffer.from(digits, 'hex')];
}

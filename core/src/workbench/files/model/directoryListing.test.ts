import { expect, it } from 'vitest';
import { DirectoryListing, type ListedPage } from './directoryListing';
import type { FileEntry } from './fileEntry';

const entry = (index: number): FileEntry => ({ path: `file${index}`, node: String(index), type: 'file', size: 0, mtime: null });

/** Pages of ten. */
function pages(total: number): (from: number) => Promise<ListedPage> {
  return (from) => {
    const count = Math.min(10, total - from);
    const entries = Array.from({ length: count }, (_, index) => entry(from + index));
    return Promise.resolve({ entries, next: from + count < total ? from + count : null });
  };
}

it('reads as far as it is asked to, and then on', async () => {
  const listing = new DirectoryListing(pages(45));
  await listing.more(20);
  expect(listing).toMatchObject({ isComplete: false, isReading: false, error: null });
  expect(listing.entries).toHaveLength(20);
  await listing.more();
  expect(listing.isComplete).toBe(true);
  expect(listing.entries.map(({ path }) => path)).toEqual(Array.from({ length: 45 }, (_, index) => `file${index}`));
});

it('keeps what came before a failure, and goes on there', async () => {
  const good = pages(30);
  let fails = true;
  const listing = new DirectoryListing((from) => (from === 10 && fails ? Promise.reject(new Error('unreadable')) : good(from)));
  await listing.more();
  expect(listing.entries).toHaveLength(10);
  expect(String(listing.error)).toContain('unreadable');
  fails = false;
  await listing.more();
  expect(listing).toMatchObject({ isComplete: true, error: null });
});

it('stops when it is cancelled', async () => {
  const listing = new DirectoryListing(
    (_from, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled')))),
  );
  const reading = listing.more();
  listing.cancel();
  await reading;
  expect(listing).toMatchObject({ isReading: false, error: null, isComplete: false });
});

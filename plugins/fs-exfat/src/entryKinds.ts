import type { DirectoryEntryKinds, EntryLayout } from '@diskwright/sdk/clusters';
import {
  bitmapEntry,
  EntryType,
  fileEntry,
  guidEntry,
  IN_USE,
  labelEntry,
  nameEntry,
  streamEntry,
  upcaseEntry,
  vendorAllocationEntry,
} from './structures/directoryEntries';

const entryLayouts: Record<number, EntryLayout> = {
  [EntryType.bitmap]: bitmapEntry,
  [EntryType.upcase]: upcaseEntry,
  [EntryType.label]: labelEntry,
  [EntryType.file]: fileEntry,
  [EntryType.guid]: guidEntry,
  [EntryType.stream]: streamEntry,
  [EntryType.name]: nameEntry,
  [EntryType.vendorAllocation]: vendorAllocationEntry,
};

/** All kinds of entries that are known, deleted ones too. */
export const entryKinds: DirectoryEntryKinds = {
  code: 'exfat.entry',
  layoutOf: (bytes) => (bytes[0] === EntryType.end ? null : (entryLayouts[bytes[0]! | IN_USE] ?? null)),
};

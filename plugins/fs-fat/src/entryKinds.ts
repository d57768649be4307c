import type { DirectoryEntryKinds } from '@diskwright/sdk/clusters';
import { Attribute, directoryEntry, END_OF_DIRECTORY } from './structures/directoryEntry';
import { longNameEntry } from './structures/longNameEntry';

const ATTRIBUTES_AT = directoryEntry.range('attributes').offset;

/** Short entries and pieces of long names. */
export const entryKinds: DirectoryEntryKinds = {
  code: 'fat.entry',
  layoutOf: (bytes) => {
    if (bytes[0] === END_OF_DIRECTORY) return null;
    return (bytes[ATTRIBUTES_AT]! & Attribute.mask) === Attribute.longName ? longNameEntry : directoryEntry;
  },
};

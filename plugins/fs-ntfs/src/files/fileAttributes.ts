/** Bits of the file attributes. */
export const FileAttribute = {
  READ_ONLY: 0x1,
  HIDDEN: 0x2,
  SYSTEM: 0x4,
  SPARSE: 0x200,
  REPARSE_POINT: 0x400,
  COMPRESSED: 0x800,
  ENCRYPTED: 0x4000,
} as const;

const words: [bit: number, word: string][] = [
  [0x1, 'readOnly'],
  [0x2, 'hidden'],
  [0x4, 'system'],
  [0x20, 'archive'],
  [0x40, 'device'],
  [0x100, 'temporary'],
  [0x200, 'sparse'],
  [0x400, 'reparsePoint'],
  [0x800, 'compressed'],
  [0x1000, 'offline'],
  [0x2000, 'notContentIndexed'],
  [0x4000, 'encrypted'],
  [0x8000, 'integrityStream'],
  [0x20000, 'noScrubData'],
  [0x40000, 'recallOnOpen'],
  [0x80000, 'pinned'],
  [0x100000, 'unpinned'],
  [0x400000, 'recallOnDataAccess'],
];

/** File attributes in words; what tells nothing, such as `normal`, is left out. */
export function attributeWords(attributes: number): string[] {
  return words.filter(([bit]) => (attributes & bit) !== 0).map(([, word]) => word);
}

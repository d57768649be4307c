/** Reading sectors: the source interface, windows, memory, and the page cache that parsers read through. */
export type { BlockSource } from './blockSource';
export { checkRange } from './checkRange';
export { MemorySource } from './memorySource';
export { PageCache, type PageCacheOptions } from './pageCache';
export { readInto } from './readInto';
export { SliceSource } from './sliceSource';

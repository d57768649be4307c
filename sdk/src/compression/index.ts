/** What disks and images are compressed with, where Node has no decoder of its own. */
export { decompressZstd } from './zstd';
export { decompressZstdStream } from './zstdStream';
export { zstdFrame, type ZstdFrame } from './zstdFrame';
export { decompressXz } from './xz';

/** What readers of filesystems have in common: names that are bytes, POSIX modes and times in words, salvage of bad sectors, owners of blocks. */
export { nameOf, pathText, type TextName } from './byteNames';
export { type BlockOwners, type BlockUse, ownersOf, usedPieces } from './owners/ownersOf';
export { type Claim, ClaimCollector, MAX_CLAIMS } from './owners/claims';
export type { DirectoryName, DirectoryTree, TreeInode } from './owners/directoryTree';
export { OwnerNames } from './owners/ownerNames';
export { inOrder, type Piece } from './owners/ownerPieces';
export { type FoundPath, PathFinder, unnamed } from './owners/pathFinder';
export { type BlockSpan, WantedBlocks } from './owners/wantedBlocks';
export { permissionsText, timeText } from './posixText';
export { readOrNull, readSalvaged } from './salvage';

/** Number of the root directory's inode. */
export const ROOT_INODE = 2;

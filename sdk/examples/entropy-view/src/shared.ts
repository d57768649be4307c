/** What the page and the plugin say to each other. */

/** `describe`: how the device is cut into pieces of equal size; the last one may be shorter. */
export interface Description {
  bytes: number;
  pieceBytes: number;
  pieces: number;
}

/** `entropy`: of `count` pieces from `first` on, at most 64; bits a byte, null for what cannot be read. */
export interface EntropyRequest {
  first: number;
  count: number;
}
export const MAX_COUNT = 64;

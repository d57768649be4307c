/** Whether a pattern is among the pieces of a content, also across their borders. */
export async function contains(pieces: AsyncIterable<Buffer>, patterns: readonly Buffer[]): Promise<boolean> {
  const longest = Math.max(...patterns.map(({ length }) => length));
  let tail = Buffer.alloc(0);
  for await (const piece of pieces) {
    const border = Buffer.concat([tail, piece.subarray(0, longest - 1)]);
    if (patterns.some((pattern) => piece.includes(pattern) || border.includes(pattern))) return true;
    tail =
      piece.length >= longest - 1 ? Buffer.from(piece.subarray(piece.length - (longest - 1))) : border.subarray(-(longest - 1));
    if (longest === 1) tail = Buffer.alloc(0);
  }
  return false;
}

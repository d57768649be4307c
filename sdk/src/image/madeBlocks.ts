/**
 * Blocks that are made with some effort, such as decompressed ones. Those made last are kept within so many bytes: small reads come one after the
 * other. One that is being made is shared by all who wait for it.
 */
export class MadeBlocks {
  private readonly kept = new Map<number, Promise<Buffer>>();

  constructor(
    private readonly blockBytes: number,
    private readonly maximumBytes = 16 * 1024 * 1024,
  ) {}

  /** The block that stands at `place` of the file, or what `make` makes there. @throws what `make` throws */
  async get(place: number, make: () => Promise<Buffer>): Promise<Buffer> {
    // What somebody else's making failed with may be that reader's cancel, and says nothing of this block.
    for (let known = this.kept.get(place); known; known = this.kept.get(place)) {
      const block = await known.catch(() => null);
      if (block) return block;
    }
    return this.make(place, make);
  }

  private make(place: number, make: () => Promise<Buffer>): Promise<Buffer> {
    const block = make();
    this.kept.set(place, block);
    block.catch(() => {
      if (this.kept.get(place) === block) this.kept.delete(place);
    });
    if (this.kept.size * this.blockBytes > this.maximumBytes) this.kept.delete(this.kept.keys().next().value!);
    return block;
  }
}

import type { Owner } from '../../protocol/types';
import { readOrNull } from '../salvage';
import type { Claim } from './claims';
import type { DirectoryTree, TreeInode } from './directoryTree';
import type { Piece } from './ownerPieces';
import { PathFinder, unnamed, type FoundPath } from './pathFinder';

const belongings: Record<Exclude<Claim['kind'], 'data' | 'fixed'>, string> = {
  map: 'block map of',
  attributes: 'extended attributes of',
  rest: 'unused rest of a cluster of',
};

/** Pieces whose names are looked for at once: bounds what is in memory. */
const PIECES_TOGETHER = 50_000;

/** Gives pieces their names. */
export class OwnerNames<Inode extends TreeInode> {
  constructor(
    private readonly tree: DirectoryTree<Inode>,
    private readonly blockSize: number,
    private readonly signal: AbortSignal,
  ) {}

  async *ownersOf(pieces: Iterable<Piece>): AsyncGenerator<Owner, void, undefined> {
    let batch: Piece[] = [];
    for (const piece of pieces) {
      batch.push(piece);
      if (batch.length < PIECES_TOGETHER) continue;
      yield* this.named(batch);
      batch = [];
    }
    yield* this.named(batch);
  }

  private async *named(pieces: readonly Piece[]): AsyncGenerator<Owner, void, undefined> {
    const numbers = pieces.flatMap((piece) => ('claim' in piece && piece.claim.inode > 0 ? [piece.claim.inode] : []));
    const inodes = (await readOrNull(() => this.tree.readMany(numbers, this.signal))) ?? new Map<number, Inode>();
    const searched = [...inodes.values()].filter((inode) => this.tree.specialName(inode) === undefined);
    const paths = await new PathFinder(this.tree, this.signal).find(searched);
    for (const piece of pieces) {
      if ('claim' in piece) yield this.ownerOf(piece.claim, inodes.get(piece.claim.inode), paths.get(piece.claim.inode) ?? []);
      else yield this.unclaimed(piece.span, piece.isFree);
    }
  }

  private ownerOf(claim: Claim, inode: Inode | undefined, paths: FoundPath[]): Owner {
    const { blockSize } = this;
    const place = { offset: claim.start * blockSize, length: (claim.end - claim.start) * blockSize };
    if (claim.kind === 'fixed' || !inode) return { ...place, kind: 'structure', name: claim.name ?? unnamed(claim.inode) };
    const node = String(inode.number);
    const special = this.tree.specialName(inode);
    const [first, ...others] = paths;
    const whose = special ?? first?.path ?? unnamed(inode.number);
    const rawName = first?.raw && { rawName: first.raw.toString('base64') };
    if (claim.kind !== 'data')
      return { ...place, kind: 'structure', name: `${belongings[claim.kind]} ${whose}`, node, ...rawName };
    const fileOffset = claim.logical * blockSize;
    if (special !== undefined) return { ...place, kind: 'structure', name: special, node, fileOffset };
    if (inode.type === 'directory')
      return { ...place, kind: 'structure', name: `directory ${whose}`, node, fileOffset, ...rawName };
    const otherNames = others.length > 0 ? { otherNames: others.map(({ path }) => path).slice(0, 16) } : {};
    return { ...place, kind: 'file', name: whose, node, fileOffset, ...otherNames, ...rawName };
  }

  private unclaimed({ start, end }: { start: number; end: number }, isFree: boolean): Owner {
    const { blockSize } = this;
    const place = { offset: start * blockSize, length: (end - start) * blockSize };
    if (isFree) return { ...place, kind: 'free', name: 'free space' };
    return { ...place, kind: 'structure', name: 'in use, but by nothing that could be read' };
  }
}

import { usedPieces, type BlockUse, type Claim, type Piece, type WantedBlocks } from '@diskwright/sdk/files';
import type { ByteRange, Owner } from '@diskwright/sdk/protocol';
import { readBootCopies } from '../boot/bootCopies';
import type { MasterFileTable } from '../records/masterFileTable';
import { SystemRecord } from '../records/systemData';
import { collectClaims } from './clusterClaims';
import { FilePaths, unnamed } from './filePaths';
import { freeSpans } from './freeClusters';
import { recordOwners } from './recordOwners';

/** Pieces whose names are looked for at once: bounds what is in memory. */
const PIECES_TOGETHER = 20_000;
/** Records that the first files of a volume have: those of the system. */
const FIRST_USER_RECORD = 16;

/**
 * Whose the bytes are, in ascending order. Records of files are told one by one where few are asked about; what else the volume holds, by the runs of all files.
 * @param ranges ascending and apart
 * @throws what `read` throws
 */
export async function* ownersOf(
  table: MasterFileTable,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
  maximumClaims?: number,
): AsyncGenerator<Owner, void, undefined> {
  const { clusterBytes, totalClusters } = table.volume;
  const use: BlockUse = {
    blockSize: clusterBytes,
    blocksCount: totalClusters,
    freeSpans: (wanted, itsSignal) => freeSpans(table, wanted, itsSignal),
    fixedClaims: (wanted) => tableClaims(table, wanted),
    collectClaims: (collector, _, itsSignal) => collectClaims(table, collector, itsSignal),
  };
  for await (const pieces of usedPieces(use, ranges, signal, maximumClaims)) {
    let batch: Piece[] = [];
    for (const piece of pieces) {
      batch.push(piece);
      if (batch.length < PIECES_TOGETHER) continue;
      yield* named(table, batch, signal);
      batch = [];
    }
    yield* named(table, batch, signal);
  }
  const size = totalClusters * clusterBytes;
  const last = ranges.at(-1);
  if (last && last.offset + last.length > size) yield* behindClusters(table, size, signal);
}

/** The table of files lies where its own first record says; that of wanted clusters only, with the records in it. */
function* tableClaims({ runs }: MasterFileTable, wanted: WantedBlocks): Generator<Claim, void, undefined> {
  for (const { vcn, lcn, clusters } of runs.runs()) {
    if (lcn < 0) continue;
    for (const { start, end } of wanted.meeting({ start: lcn, end: lcn + clusters }))
      yield { kind: 'fixed', inode: SystemRecord.MFT, logical: vcn + start - lcn, start, end };
  }
}

async function* named(
  table: MasterFileTable,
  pieces: readonly Piece[],
  signal: AbortSignal,
): AsyncGenerator<Owner, void, undefined> {
  const paths = new FilePaths(table, signal);
  await paths.read(pieces.flatMap((piece) => ('claim' in piece && piece.claim.kind === 'data' ? [piece.claim.inode] : [])));
  for (const piece of pieces) {
    if ('claim' in piece && piece.claim.kind === 'fixed') yield* recordOwners(table, piece.claim, paths, signal);
    else if ('claim' in piece) yield fileOwner(table, piece.claim, paths);
    else yield unclaimed(table, piece);
  }
}

function fileOwner({ volume }: MasterFileTable, { start, end, logical, inode, name }: Claim, paths: FilePaths): Owner {
  const { clusterBytes } = volume;
  const [first, ...others] = paths.pathsOf(inode);
  const owner = {
    offset: start * clusterBytes,
    length: (end - start) * clusterBytes,
    node: String(inode),
    fileOffset: logical * clusterBytes,
    ...(others.length > 0 && { otherNames: others.slice(0, 16) }),
  };
  const path = first ?? unnamed(inode);
  const isFile = name === '' && inode >= FIRST_USER_RECORD;
  return isFile ? { ...owner, kind: 'file', name: path } : { ...owner, kind: 'structure', name: name ? `${name} ${path}` : path };
}

function unclaimed({ volume }: MasterFileTable, { span, isFree }: Extract<Piece, { isFree: boolean }>): Owner {
  const place = { offset: span.start * volume.clusterBytes, length: (span.end - span.start) * volume.clusterBytes };
  if (isFree) return { ...place, kind: 'free', name: 'free space' };
  return { ...place, kind: 'structure', name: 'in use, but by nothing that could be read' };
}

/** What lies behind the last whole cluster: the copy of the boot sector, and sectors that nobody uses. */
async function* behindClusters(
  { source, volume }: MasterFileTable,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<Owner, void, undefined> {
  let done = size;
  const copies = await readBootCopies(source, volume, signal);
  for (const { offset, raw } of copies.filter((copy) => copy.offset >= size).sort((a, b) => a.offset - b.offset)) {
    if (offset > done) yield { offset: done, length: offset - done, kind: 'free', name: 'behind the last cluster' };
    yield { offset, length: raw.length, kind: 'structure', name: 'copy of the boot sector' };
    done = offset + raw.length;
  }
  if (done < source.size) yield { offset: done, length: source.size - done, kind: 'free', name: 'behind the last cluster' };
}

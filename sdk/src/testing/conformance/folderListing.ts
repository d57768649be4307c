import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type BigIntStats } from 'node:fs';
import type { ByteRange, NodeType } from '../../protocol/types';
import { comparedRanges, PIECE_BYTES } from './content';
import { type KernelAnswer, kernelAnswers, type KernelExtent } from './kernelAnswers';
import { type ListedFile, listedName } from './listing';

const TYPES: Record<number, NodeType> = {
  0o1: 'fifo',
  0o2: 'characterDevice',
  0o4: 'directory',
  0o6: 'blockDevice',
  0o10: 'file',
  0o12: 'symlink',
  0o14: 'socket',
};

export interface FolderListingOptions {
  /** Which aspects the folder is a judge of; all but `streams` by default. */
  only?: readonly (keyof ListedFile)[];
  /** Extended attributes as well, by python3. */
  streams?: boolean;
  /** Extents as well, by python3: where on the volume those of the kernel lie; undefined: they are not compared. */
  extents?: (told: readonly KernelExtent[]) => readonly ByteRange[] | undefined;
  /** The time of the last access as well: of what is mounted to be read only. */
  accessed?: boolean;
}

/**
 * A folder as the system shows it: of a mounted image, or of the tree that an image was made from.
 * @returns by path, for {@link Listing}
 */
export function folderListing(folder: string, options: FolderListingOptions = {}): Map<string, ListedFile> {
  const files = new Map<string, ListedFile>();
  const aspects = (['streams', 'extents'] as const).filter((aspect) => options[aspect]);
  const answers = kernelAnswers(folder, aspects);
  const pending = [{ path: Buffer.from(folder), listed: '' }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const name of readdirSync(next.path, { encoding: 'buffer' })) {
      const path = Buffer.concat([next.path, Buffer.from('/'), name]);
      const listed = next.listed + listedName(name);
      const state = lstatSync(path, { bigint: true });
      const file = describe(path, state, options);
      const key = path.subarray(Buffer.byteLength(folder) + 1).toString('hex');
      files.set(listed, { ...file, ...listedAnswer(answers[key], options) });
      if (state.isDirectory()) pending.push({ path, listed: `${listed}/` });
    }
  }
  return files;
}

function listedAnswer({ streams, extents }: KernelAnswer = {}, options: FolderListingOptions): ListedFile {
  const placed = extents && options.extents?.(extents);
  return { ...(options.streams && { streams: streams ?? {} }), ...(placed && { extents: placed }) };
}

function describe(path: Buffer, state: BigIntStats, { only, accessed }: FolderListingOptions): ListedFile {
  const type = TYPES[Number(state.mode) >>> 12]!;
  const isWanted = (aspect: keyof ListedFile): boolean => only?.includes(aspect) ?? true;
  const size = Number(state.size);
  const file: ListedFile = {
    type,
    ...(type !== 'directory' && { size: type === 'file' || type === 'symlink' ? size : 0 }),
    modified: timeOf(state.mtimeNs),
    ...(accessed && { accessed: timeOf(state.atimeNs) }),
    mode: Number(state.mode) & 0o7777,
    owner: [Number(state.uid), Number(state.gid)],
    links: Number(state.nlink),
    node: String(state.ino),
    ...(type === 'symlink' && { target: listedName(readlinkSync(path, 'buffer')) }),
    ...(type.endsWith('Device') && { device: deviceOf(state.rdev) }),
    ...(type === 'file' && isWanted('content') && { content: contentOf(path, size) }),
  };
  if (!only) return file;
  return Object.fromEntries(Object.entries(file).filter(([aspect]) => isWanted(aspect as keyof ListedFile)));
}

/** Before 1970 nanoseconds count forwards, too. */
function timeOf(nanoseconds: bigint): [number, number] {
  const rest = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return [Number((nanoseconds - rest) / 1_000_000_000n), Number(rest)];
}

/** As Linux packs them for programs. */
function deviceOf(device: bigint): [number, number] {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  return [Number(major), Number((device & 0xffn) | ((device >> 12n) & ~0xffn))];
}

/** As {@link hashContent}. */
function contentOf(path: Buffer, size: number): string {
  const hash = createHash('sha256');
  // In folders of many files there are drivers for which each opening is slow.
  if (size === 0) return hash.digest('hex');
  const file = openSync(path, 'r');
  try {
    for (const { offset, length } of comparedRanges(size)) {
      for (let done = 0; done < length;) {
        const bytes = Buffer.alloc(Math.min(PIECE_BYTES, length - done));
        done += readSync(file, bytes, 0, bytes.length, offset + done);
        hash.update(bytes);
      }
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

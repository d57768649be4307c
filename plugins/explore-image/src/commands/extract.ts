import type { CommandHandler, FolderProxy, PluginContext } from '@diskwright/sdk';
import { DamagedStructureError, MediaError, RefusedError } from '@diskwright/sdk/errors';
import type { FilesystemEntry, FolderEntry, FolderProblem, FolderReport, ListColumn, ListEnd } from '@diskwright/sdk/protocol';
import { keptName } from '../listing/keptName';
import { openPlace, type Place, type VolumePath } from '../place/openPlace';

interface Input {
  place: VolumePath;
  /** An id. */
  destination: string;
  overwrite?: boolean;
  skipExisting?: boolean;
  owners?: boolean;
  deviceNodes?: boolean;
}

const BATCH = 512;
/** Their named streams are no extended attributes of POSIX. */
const STREAMS_OF_THEIR_OWN = new Set(['ntfs', 'exfat', 'vfat']);

const COLUMNS: ListColumn[] = [
  { field: 'kind', title: 'What', kind: 'text', width: 8 },
  { field: 'path', title: 'Path', kind: 'text' },
  { field: 'message', title: 'Why', kind: 'text' },
];

/** `extract`: files of a volume, written below a folder. Lists what was not kept as it is. */
export const extract: CommandHandler = {
  async execute(input, context) {
    const { place: named, destination, overwrite, skipExisting, owners = false, deviceNodes = false } = input as unknown as Input;
    if (overwrite && skipExisting)
      throw new RefusedError('--overwrite and --skip-existing are two different wishes', { todo: 'Give one of them.' });
    const place = await openPlace(context, 'place', named, { followLast: true });
    const { volume } = place;
    const folder = await context.folders.open(destination, {
      existing: overwrite ? 'overwrite' : skipExisting ? 'skip' : 'refuse',
      owners,
      deviceNodes,
      streams: STREAMS_OF_THEIR_OWN.has(volume.type) ? 'streams' : 'attributes',
    });
    const items = extracted(context, place, folder, skipExisting === true);
    return { kind: 'list', list: { title: `Extraction of ${place.named}`, columns: COLUMNS, items } };
  },
};

async function* extracted(
  context: PluginContext,
  place: Place,
  folder: FolderProxy,
  skipsExisting: boolean,
): AsyncGenerator<Record<string, unknown>[], ListEnd> {
  const total = new Total();
  try {
    for await (const listed of entriesOf(place)) {
      const damaged = listed.filter(({ damage }) => damage !== undefined);
      const entries = listed.flatMap((entry) => (entry.damage === undefined ? [entryOf(entry)] : []));
      if (entries.length > 0) {
        const report = await folder.write(place.volume, entries);
        total.add(report, skipsExisting);
        context.progress('extracting', total.bytes);
        yield report.problems.flatMap((problem) => (isTold(problem, skipsExisting) ? [itemOf(problem, entries)] : []));
      }
      yield damaged.map((entry) => total.lost(entry.path, lossOf(entry)));
    }
  } catch (error) {
    // What is there by then is worth its times, and the list of what is not.
    if (!(error instanceof DamagedStructureError || error instanceof MediaError)) throw error;
    yield [total.lost('', error.message)];
  }
  const last = await folder.finish();
  yield last.problems.map(({ kind, message }) => ({ kind, path: '', message }));
  await folder.close();
  yield [{ kind: 'summary', path: '', message: total.message, files: total.entries, bytes: total.bytes, ...total.counts }];
  return { message: null, exitStatus: total.exitStatus };
}

const isTold = ({ kind }: FolderProblem, skipsExisting: boolean): boolean => !(skipsExisting && kind === 'exists');

function itemOf({ index, kind, message, path }: FolderProblem, entries: readonly FolderEntry[]): Record<string, unknown> {
  const name = entries[index]?.path ?? '';
  return {
    kind,
    path: name,
    message: path === undefined ? message : `${path}: ${message}`,
    ...(path !== undefined && { name: path }),
  };
}

/** What is to be written, in batches: what is in a directory, or the one file. */
async function* entriesOf({ volume, node, path }: Place): AsyncGenerator<FilesystemEntry[]> {
  if (node.type !== 'directory') {
    const { details: _, ...whole } = await volume.stat(node.node);
    yield [{ ...whole, path: path.slice(path.lastIndexOf('/') + 1) }];
    return;
  }
  for await (const page of volume.walkPages(node.node, { recursive: true, metadata: true }))
    for (let from = 0; from < page.length; from += BATCH) yield page.slice(from, from + BATCH);
}

function entryOf(entry: FilesystemEntry): FolderEntry {
  const { path, type, size, metadata, node } = entry;
  const name = keptName(entry);
  return { path, type, size, metadata, node, ...(name && { rawName: name.toString('base64') }) };
}

/** A directory that is damaged was listed before, as it is, and is there with what could be read of it. */
function lossOf({ type, damage }: FilesystemEntry): string {
  return type === 'directory' ? `not all that is in it can be read: ${damage}` : damage!;
}

/** What was done so far. */
class Total {
  entries = 0;
  bytes = 0;
  readonly counts: Partial<Record<FolderProblem['kind'], number>> = {};

  add({ entries, bytes, problems }: FolderReport, skipsExisting: boolean): void {
    this.entries += entries;
    this.bytes += bytes;
    for (const problem of problems) {
      if (isTold(problem, skipsExisting)) this.counts[problem.kind] = (this.counts[problem.kind] ?? 0) + 1;
    }
  }

  /** Something is not there that nobody could write. @returns the line that tells of it */
  lost(path: string, message: string): Record<string, unknown> {
    this.counts.failed = (this.counts.failed ?? 0) + 1;
    return { kind: 'failed', path, message };
  }

  get message(): string {
    const told = Object.entries(this.counts).map(([kind, count]) => `${count} ${IN_WORDS[kind as FolderProblem['kind']]}`);
    return [`${this.entries} files and folders, ${this.bytes} bytes`, ...told].join('; ');
  }

  get exitStatus(): ListEnd['exitStatus'] {
    if (this.counts.failed || this.counts.exists) return 1;
    return this.counts.holes ? 4 : 0;
  }
}

const IN_WORDS: Record<FolderProblem['kind'], string> = {
  renamed: 'renamed',
  lost: 'without all of what they bear',
  holes: 'with unreadable places',
  exists: 'there already',
  left: 'left out',
  failed: 'failed',
};

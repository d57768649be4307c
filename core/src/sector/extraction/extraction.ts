import { CancelledError, DiskwrightError, FailedError } from '@diskwright/sdk/errors';
import type { ByteRange, FolderOptions, FolderProblem, FolderReport } from '@diskwright/sdk/protocol';
import type { FolderEntry as NativeEntry, FolderOutcome, FolderWriter } from '@diskwright/native';
import { closeSync } from 'node:fs';
import { makeFolder } from '../../common/files/makeFolder';
import type { ExtractedEntry } from '../../common/index';
import { ContentMap } from '../contents/contentMap';
import { contentNode } from '../contents/contentNode';
import type { OpenedNode } from '../contracts';
import { native } from '../native';
import type { BlockNode, DescriptorWindow } from '../nodes/blockNode';
import { readTolerantly } from '../nodes/readTolerantly';
import { SliceNode } from '../nodes/sliceNode';
import { ActualPaths, joinPath } from './actualPaths';
import { lostInWords, reasonInWords } from './inWords';
import { type Content, type Draft, isOfNobody, linkTarget, nativeEntry } from './nativeEntry';
import { otherName } from './safeName';

/** As the addon's pieces: larger ones take longer. */
const PIECE_BYTES = 256 * 1024;
/** Names that are tried for one entry. */
const MAX_NAMES = 64;
/** Told of at most, and how many there are more. */
const MAX_PROBLEMS = 4095;
/** The filesystem takes no such name. */
const BAD_NAME = new Set(['EINVAL', 'EILSEQ', 'ENAMETOOLONG']);

/** The contents that the service knows. */
export interface ExtractionParts {
  mapOf(contentId: string): ContentMap;
  /** To the byte, also what has to be unpacked. The caller disposes of the node. */
  open(contentId: string, signal: AbortSignal): Promise<{ node: BlockNode }>;
}

/** What became of a file; `reason` is in words, where there is no error of the system. */
type Outcome = FolderOutcome & { reason?: string };

/** Files that are being written below one folder; see `FolderWriter` of the addon for what keeps them there. */
export class Extraction {
  private readonly writer: FolderWriter;
  private readonly options: FolderOptions;
  private readonly paths = new ActualPaths();
  /** Files with several names: where the first one is. */
  private readonly shared = new Map<string, { path: Buffer; left: number }>();
  /** They get their modes and times last: to write in a folder changes both. */
  private readonly folders: NativeEntry[] = [];
  private closed = false;

  /** @throws FailedError when the folder cannot be made or written */
  constructor(
    folder: string,
    options: FolderOptions,
    private readonly parts: ExtractionParts,
  ) {
    // What root does not keep would be root's.
    this.options = { ...options, owners: options.owners || process.geteuid!() === 0 };
    try {
      makeFolder(folder);
      this.writer = new native.FolderWriter(folder, { existing: options.existing, keepsOwners: this.options.owners });
    } catch (error) {
      throw new FailedError(`${folder} cannot be written to: ${(error as Error).message}`, { todo: 'Choose another folder.' });
    }
  }

  async write(
    base: OpenedNode,
    volume: ByteRange,
    entries: readonly ExtractedEntry[],
    signal: AbortSignal,
  ): Promise<FolderReport> {
    const onAbort = (): void => this.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const report = new Report(this.writer);
      const slice = new SliceNode(base.node, volume.offset, volume.length);
      const isFolder = (index: number): boolean => entries[index]!.type === 'directory';
      const indices = [...entries.keys()];
      const draftAll = (wanted: number[]): Draft[] =>
        wanted.map((index) => this.draft(entries[index]!, index, volume, report)).filter((draft) => draft !== null);
      // Folders first: only then it is known what they are called.
      await this.makeFolders(indices.filter(isFolder), draftAll, report);
      const drafts = draftAll(indices.filter((index) => !isFolder(index)));
      const { window } = slice;
      // What has to be unpacked lies nowhere as it is.
      const plain = window ? drafts.filter(({ content }) => !content?.map.hasServed) : [];
      if (plain.length > 0) await window!.use((descriptor) => this.writeNatively(plain, { ...window!, descriptor }, report));
      for (const draft of drafts) if (!plain.includes(draft)) await this.writeThrough(draft, slice, report, signal);
      if (this.closed) throw new CancelledError();
      return report.end();
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** All is there: folders get their modes and times, those within others first. */
  async finish(): Promise<FolderReport> {
    const report = new Report(this.writer);
    for (let batch = this.folders.splice(-512); batch.length > 0; batch = this.folders.splice(-512)) {
      batch.reverse();
      const outcomes = await this.writer.write(batch);
      outcomes.forEach((outcome, index) => {
        const path = Buffer.from(batch[index]!.path).toString();
        if (outcome.error) report.add(0, 'lost', `${path}: modes and times: ${reasonInWords(outcome)}`);
        else if (outcome.lost) report.add(0, 'lost', `${path}: ${lostInWords(outcome.lost)}`);
      });
    }
    this.closed = true;
    return report.end();
  }

  /** What is being written is removed. May be called again. */
  close(): void {
    this.closed = true;
    this.writer.cancel();
  }

  private draft(entry: ExtractedEntry, index: number, volume: ByteRange, report: Report): Draft | null {
    const raw = entry.rawName === undefined ? undefined : Buffer.from(entry.rawName, 'base64');
    const { parent, name } = this.paths.of(entry.path, raw);
    const path = joinPath(parent, name.bytes);
    const refused = refusal(entry, this.options);
    if (refused) {
      report.add(index, refused.kind, refused.message);
      return null;
    }
    let content: Content | null = null;
    try {
      content = entry.type === 'file' ? this.contentOf(entry, volume) : null;
    } catch (error) {
      report.add(index, 'failed', (error as Error).message);
      return null;
    }
    // What comes next may be in it.
    if (entry.type === 'directory') this.paths.set(entry.path, path);
    if (name.changed) report.renamed(index, path, 'its name is none that may be used');
    return { entry, index, parent, name: name.bytes, path, content, asCopy: false };
  }

  private contentOf({ content, path }: ExtractedEntry, volume: ByteRange): Content {
    if (!content || 'problem' in content) throw new FailedError(content?.problem ?? `${path}: nobody told where its content is`);
    if ('contentId' in content) return { map: this.parts.mapOf(content.contentId), contentId: content.contentId };
    const builder = ContentMap.builder(volume.length);
    for (const segment of content.segments) builder.add(segment);
    const map = builder.build(content.size);
    if (map.hasServed) throw new FailedError(`${path}: it is compressed, and its plugin does not serve what it holds`);
    return { map, contentId: null };
  }

  /** All at once, as nearly always nothing stands in the way; else one after the other, each where the one above it came to be. */
  private async makeFolders(indices: number[], draftAll: (wanted: number[]) => Draft[], report: Report): Promise<void> {
    const drafts = draftAll(indices);
    const outcomes = drafts.length > 0 ? await this.writer.write(drafts.map((draft) => this.prepared(draft, null))) : [];
    const failed = outcomes.findIndex(({ error }) => error !== undefined);
    const good = failed < 0 ? drafts.length : failed;
    for (let at = 0; at < good; at++) this.done(drafts[at]!, outcomes[at]!, report);
    for (const { index } of drafts.slice(good)) {
      report.forget(index);
      for (const draft of draftAll([index])) {
        let outcome = await this.one(this.prepared(draft, null));
        for (let attempt = 1; attempt < MAX_NAMES && this.isToRetry(draft, outcome, attempt, report); attempt++) {
          outcome = await this.one(this.prepared(draft, null));
        }
        this.done(draft, outcome, report);
      }
    }
  }

  private async writeNatively(drafts: Draft[], source: DescriptorWindow & { descriptor: number }, report: Report): Promise<void> {
    const place = { descriptor: source.descriptor, offset: source.offset };
    const outcomes = await this.writer.write(drafts.map((draft) => this.prepared(draft, place)));
    for (const [at, draft] of drafts.entries()) {
      let outcome = outcomes[at]!;
      for (let attempt = 1; attempt < MAX_NAMES && this.isToRetry(draft, outcome, attempt, report); attempt++) {
        [outcome] = (await this.writer.write([this.prepared(draft, place)])) as [FolderOutcome];
      }
      this.done(draft, outcome, report);
    }
  }

  /** From what is no descriptor: an overlay, an NBD server, a content within another, or one that has to be unpacked. */
  private async writeThrough(draft: Draft, volume: SliceNode, report: Report, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const outcome =
        draft.content && !this.isLink(draft)
          ? await this.copyThrough(draft, draft.content, volume, report, signal)
          : await this.one(this.prepared(draft, null));
      if (attempt < MAX_NAMES && this.isToRetry(draft, outcome, attempt, report)) continue;
      this.done(draft, outcome, report);
      return;
    }
  }

  private async copyThrough(
    draft: Draft,
    { map, contentId }: Content,
    volume: SliceNode,
    report: Report,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const entry = this.prepared(draft, null);
    const begun = await this.one({ ...entry, kind: 'begin', size: map.size });
    if (begun.fd === undefined) return begun;
    const target = Buffer.from(begun.temporary!);
    let outcome: Outcome;
    try {
      const { node } = map.hasServed
        ? await this.parts.open(contentId!, signal)
        : { node: contentNode(draft.entry.path, map, { volume, served: null }, async () => undefined) };
      try {
        const holes = await this.copyRuns(map, node, begun.fd, report, signal);
        const committed = await this.one({ ...entry, kind: 'commit', target, fd: begun.fd });
        outcome = { ...committed, ...(holes.length > 0 && { holes }) };
      } finally {
        await node.dispose();
      }
    } catch (error) {
      outcome = signal.aborted ? { error: 'ECANCELED' } : failed(error);
    } finally {
      closeSync(begun.fd);
    }
    // A commit that was tried has removed it, but not one that came too late to be.
    if (outcome.error !== undefined) await this.one({ kind: 'discard', path: draft.path, target });
    return outcome;
  }

  /** @returns what cannot be read, in which zeros stand */
  private async copyRuns(
    map: ContentMap,
    node: BlockNode,
    descriptor: number,
    report: Report,
    signal: AbortSignal,
  ): Promise<ByteRange[]> {
    const holes: ByteRange[] = [];
    for (const run of map.runs(0, map.size)) {
      if (run.kind === 'zeros') continue;
      for (let done = 0; done < run.length; done += PIECE_BYTES) {
        const offset = run.offset + done;
        const read = await readTolerantly(node, offset, Math.min(PIECE_BYTES, run.length - done), signal);
        holes.push(...read.holes);
        await native.write(descriptor, offset, read.bytes);
        report.bytes += read.bytes.length;
      }
    }
    return holes;
  }

  private async one(entry: NativeEntry): Promise<FolderOutcome> {
    return (await this.writer.write([entry]))[0]!;
  }

  private isLink(draft: Draft): boolean {
    const { entry, asCopy } = draft;
    return entry.type !== 'directory' && (entry.metadata?.links ?? 1) > 1 && !asCopy && this.shared.has(entry.node);
  }

  private prepared(draft: Draft, source: { descriptor: number; offset: number } | null): NativeEntry {
    const { entry, path } = draft;
    if (this.isLink(draft)) return { kind: 'hardLink', path, target: this.shared.get(entry.node)!.path };
    const links = entry.metadata?.links ?? 1;
    if (entry.type !== 'directory' && links > 1 && !draft.asCopy) this.shared.set(entry.node, { path, left: links });
    return nativeEntry(draft, this.options, source);
  }

  /** Gives the draft another name, or makes it a copy, where that helps. */
  private isToRetry(draft: Draft, { error, isOwn }: Outcome, attempt: number, report: Report): boolean {
    if (error === undefined || this.closed) return false;
    if (this.shared.get(draft.entry.node)?.path.equals(draft.path)) this.shared.delete(draft.entry.node);
    else if (this.isLink(draft) && error !== 'EEXIST') {
      draft.asCopy = true;
      report.add(draft.index, 'lost', 'it shares its content with another name, and is a copy here');
      return true;
    }
    const taken = error === 'EEXIST' && isOwn === true;
    const clash = error === 'ENOTDIR' && draft.entry.type === 'directory' && isOwn === true;
    if (!taken && !clash && !(BAD_NAME.has(error) && attempt < 4)) return false;
    draft.path = joinPath(draft.parent, otherName(draft.name, attempt));
    report.renamed(draft.index, draft.path, taken || clash ? 'another has its name' : 'its name cannot be used here');
    return true;
  }

  private done(draft: Draft, outcome: Outcome, report: Report): void {
    const { entry, index, path } = draft;
    const { error, holes, lost } = outcome;
    const shared = this.shared.get(entry.node);
    if (shared && --shared.left === 0) this.shared.delete(entry.node);
    if (error === 'ECANCELED') throw new CancelledError();
    if (error !== undefined) {
      report.forget(index);
      if (error === 'EEXIST') report.add(index, 'exists', 'something of this name is there already');
      else report.add(index, 'failed', outcome.reason ?? reasonInWords(outcome));
      if (error === 'ENOSPC' || error === 'EDQUOT')
        throw new FailedError(`${path.toString()}: ${reasonInWords(outcome)}`, { todo: 'Make room there.' });
      return;
    }
    report.entries++;
    if (holes) {
      const bytes = holes.reduce((sum, { length }) => sum + length, 0);
      const first = holes.reduce((least, { offset }) => Math.min(least, offset), Infinity);
      report.add(index, 'holes', `${bytes} bytes cannot be read; zeros stand in their place, first at ${first}`);
    }
    const lostOwner = this.options.owners && isOfNobody(entry.metadata ?? {}) ? ['owner'] : [];
    if (lost || lostOwner.length > 0) report.add(index, 'lost', lostInWords([...lostOwner, ...(lost ?? [])]));
    // Where streams are no attributes of POSIX, names are no bytes, and a backslash is one.
    const isSure = entry.type !== 'symlink' || this.options.streams === 'streams' || linkTarget(entry)?.isSure !== false;
    if (!isSure) report.add(index, 'lost', 'where it leads is written as it is shown, and may be called otherwise');
    const unkept = entry.streams?.filter(({ value }) => value === undefined) ?? [];
    if (unkept.length > 0) report.add(index, 'lost', `too large for an attribute: ${unkept.map(({ name }) => name).join(', ')}`);
    if (entry.type === 'directory') {
      this.paths.set(entry.path, path);
      this.folders.push({ ...nativeEntry(draft, this.options, null), kind: 'finishDirectory' });
    }
  }
}

/** What became of one call's entries. */
class Report {
  entries = 0;
  /** That the addon did not write by itself. */
  bytes = 0;
  private problems: FolderProblem[] = [];
  private readonly before: number;

  constructor(private readonly writer: FolderWriter) {
    this.before = writer.bytesWritten();
  }

  add(index: number, kind: FolderProblem['kind'], message: string): void {
    this.problems.push({ index, kind, message });
  }

  renamed(index: number, path: Buffer, message: string): void {
    this.problems = this.problems.filter((problem) => problem.index !== index || problem.kind !== 'renamed');
    this.problems.push({ index, kind: 'renamed', message, path: path.toString() });
  }

  /** It is not there, by whatever name. */
  forget(index: number): void {
    this.problems = this.problems.filter((problem) => problem.index !== index);
  }

  end(): FolderReport {
    const left = this.problems.length - MAX_PROBLEMS;
    const more: FolderProblem[] = left > 0 ? [{ index: 0, kind: 'lost', message: `and ${left} more of these` }] : [];
    return {
      problems: [...this.problems.slice(0, MAX_PROBLEMS), ...more],
      entries: this.entries,
      bytes: this.bytes + this.writer.bytesWritten() - this.before,
    };
  }
}

/** What writing failed with tells the system's error; what reading did says in words what is the matter. */
function failed(error: unknown): Outcome {
  const code = error instanceof DiskwrightError ? undefined : (error as NodeJS.ErrnoException).code;
  return code === undefined ? { error: 'EIO', reason: (error as Error).message } : { error: code, operation: 'write a file' };
}

/** Why an entry is not made at all. */
function refusal(entry: ExtractedEntry, { deviceNodes }: FolderOptions): Pick<FolderProblem, 'kind' | 'message'> | null {
  const { type, metadata } = entry;
  const isDevice = type === 'blockDevice' || type === 'characterDevice';
  if (isDevice && !(deviceNodes && metadata?.device))
    return { kind: 'left', message: 'device nodes are made only when asked for' };
  if (type === 'socket') return { kind: 'left', message: 'a socket is of use to the program alone that made it' };
  // As a rule what should tell of it is damaged.
  if (type === 'other') return { kind: 'failed', message: 'what kind of file it is cannot be told' };
  if (type !== 'symlink') return null;
  const target = linkTarget(entry);
  if (!target) return { kind: 'failed', message: 'where it leads cannot be read' };
  return target.bytes.includes(0) ? { kind: 'failed', message: 'where it leads is no path: it holds a NUL' } : null;
}

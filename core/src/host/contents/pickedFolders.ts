import { InvalidInputError } from '@diskwright/sdk/errors';
import type { FolderEntry, FolderOptions, FolderProblem, FolderReport, NodeContents } from '@diskwright/sdk/protocol';
import type { ExtractedEntry } from '../../common';
import { SHOWN_BYTE } from '../../common/contents/shownByte';
import { forEachInFlight } from '../../common/flow/forEachInFlight';
import type { ProviderBroker } from '../providers/providerBroker';
import type { Caller } from '../providers/providerHandles';
import type { SectorClient } from '../sector/sectorClient';
import type { ContentService } from './contentService';

/** Contents that are made out at the same time; the sector service takes some more. */
const OPENED_AT_ONCE = 16;

/** Folders that users picked for commands of plugins to write to: the sector service writes, and asks providers for what is in the files. */
export class PickedFolders {
  private readonly owners = new Map<string, Caller>();

  constructor(
    private readonly sector: SectorClient,
    private readonly broker: Pick<ProviderBroker, 'forward' | 'placeOf'>,
    private readonly contents: Pick<ContentService, 'openFor' | 'forget'>,
  ) {}

  /** @param folder absolute */
  async open(caller: Caller, folder: string, options: FolderOptions, signal?: AbortSignal): Promise<{ extraction: string }> {
    const { extractionId } = await this.sector.request('extraction/begin', { folder, options }, signal);
    this.owners.set(extractionId, caller);
    return { extraction: extractionId };
  }

  /** @param handle of a volume that the caller has open */
  async write(
    caller: Caller,
    extraction: string,
    handle: string,
    entries: readonly FolderEntry[],
    signal?: AbortSignal,
  ): Promise<FolderReport> {
    this.require(caller, extraction);
    const { deviceId, range: volume } = this.broker.placeOf(caller, handle);
    const total: FolderReport = { problems: [], entries: 0, bytes: 0 };
    for (let from = 0; from < entries.length;) {
      const opened: string[] = [];
      try {
        const lost: FolderProblem[] = [];
        const some = await this.withContents(caller, handle, entries.slice(from), { opened, lost }, signal);
        const request = { extractionId: extraction, deviceId, volume, entries: some };
        const report = await this.sector.request('extraction/write', request, signal);
        for (const problem of [...report.problems, ...lost]) total.problems.push({ ...problem, index: problem.index + from });
        total.entries += report.entries;
        total.bytes += report.bytes;
        from += some.length;
      } finally {
        await this.contents.forget(opened);
      }
    }
    return total;
  }

  finish(caller: Caller, extraction: string, signal?: AbortSignal): Promise<FolderReport> {
    this.require(caller, extraction);
    return this.sector.request('extraction/finish', { extractionId: extraction }, signal);
  }

  async close(caller: Caller, extraction: string): Promise<void> {
    if (this.owners.get(extraction) !== caller) return;
    this.owners.delete(extraction);
    // A service that is gone writes nothing any more.
    await this.sector.request('extraction/close', { extractionId: extraction }).catch(() => undefined);
  }

  /** The caller's process has ended. */
  async closeAll(caller: Caller): Promise<void> {
    const theirs = [...this.owners].filter(([, owner]) => owner === caller).map(([extraction]) => extraction);
    await Promise.all(theirs.map((extraction) => this.close(caller, extraction)));
  }

  /**
   * The first of some entries with what is in them, as many as the provider told of at once.
   * @param opened is added the ids of contents that were opened for them, also when it throws
   * @param lost is added what of them cannot be told, though they can be made
   */
  private async withContents(
    caller: Caller,
    handle: string,
    entries: readonly FolderEntry[],
    { opened, lost }: { opened: string[]; lost: FolderProblem[] },
    signal?: AbortSignal,
  ): Promise<ExtractedEntry[]> {
    const nodes = entries.map(({ node, type, metadata }) => ({
      node,
      content: type === 'file',
      streams: metadata?.hasStreams === true,
      target: type === 'symlink' && metadata?.target === undefined,
    }));
    const { contents } = nodes.some(({ content, streams, target }) => content || streams || target)
      ? await this.broker.forward(caller, 'filesystem/contents', { handle, nodes }, signal)
      : { contents: [] };
    // Without any to ask for, all entries are ready as they are, but for the bytes of targets.
    if (contents.length === 0) {
      const ready: ExtractedEntry[] = entries.map((entry) => ({ ...entry }));
      await this.addTargets(caller, handle, ready, signal);
      return ready;
    }
    const found: ExtractedEntry[] = [];
    await forEachInFlight(contents.entries(), OPENED_AT_ONCE, async ([index, told]) => {
      const entry = entries[index]!;
      found[index] = {
        ...entry,
        ...(told.target !== undefined && { metadata: { ...entry.metadata, target: told.target } }),
        ...(told.streams && { streams: told.streams }),
        ...(await this.contentOf(caller, handle, entry, told, opened, signal)),
      };
      const { streams, target } = nodes[index]!;
      const isLost =
        streams && !told.streams && (entry.type !== 'file' || hasContent(told)) && !(target && told.target === undefined);
      if (isLost) lost.push({ index, kind: 'lost', message: `its attributes and streams cannot be read: ${told.problem}` });
    });
    await this.addTargets(caller, handle, found, signal);
    return found;
  }

  /** Adds the bytes of targets that may be no text, as far as the provider has them at hand. */
  private async addTargets(caller: Caller, handle: string, entries: ExtractedEntry[], signal?: AbortSignal): Promise<void> {
    const links = entries.filter(({ type, metadata }) => type === 'symlink' && SHOWN_BYTE.test(metadata?.target ?? ''));
    if (links.length === 0) return;
    const nodes = links.map(({ node }) => ({ node, content: true, streams: false, target: false }));
    const { contents } = await this.broker.forward(caller, 'filesystem/contents', { handle, nodes }, signal);
    for (const [index, { size, segments }] of contents.entries())
      if (segments?.every(({ kind }) => kind === 'inline')) links[index]!.content = { size, segments };
  }

  private async contentOf(
    caller: Caller,
    handle: string,
    { node, path, type }: FolderEntry,
    told: NodeContents,
    opened: string[],
    signal?: AbortSignal,
  ): Promise<Pick<ExtractedEntry, 'content'>> {
    const { size, segments, problem } = told;
    if (type !== 'file') return {};
    if (segments) return { content: { size, segments } };
    if (problem !== undefined && !hasContent(told)) return { content: { problem } };
    try {
      const { contentId } = await this.contents.openFor(caller, { handle, node, name: path }, signal);
      opened.push(contentId);
      return { content: { contentId } };
    } catch (error) {
      signal?.throwIfAborted();
      return { content: { problem: (error as Error).message } };
    }
  }

  private require(caller: Caller, extraction: string): void {
    if (this.owners.get(extraction) !== caller) throw new InvalidInputError(`${extraction} is no folder that is being written`);
  }
}

/** Whether the content was told of before something else could not be. */
const hasContent = ({ size, segments }: NodeContents): boolean => segments !== null || size > 0;

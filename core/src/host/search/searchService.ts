import { randomUUID } from 'node:crypto';
import { FailedError } from '@diskwright/sdk/errors';
import type { CompareEnd, CompareProgress, SearchEnd, SearchPattern, SearchProgress, ServiceParams } from '../../common';
import type { SectorClient, SectorEvents } from '../sector/sectorClient';

/** Of searches and comparisons together: each has tens of mebibytes of a device in memory, and threads that read it. */
const MAX_RUNNING = 16;

export interface SearchOptions<P> {
  signal?: AbortSignal;
  /** What it answers is waited for before the search goes on. */
  onProgress(progress: P): void | Promise<void>;
}

/** Searches and comparisons, which the sector service runs. */
export class SearchService {
  private readonly searches = new Map<string, SearchOptions<SearchProgress>['onProgress']>();
  private readonly comparisons = new Map<string, SearchOptions<CompareProgress>['onProgress']>();

  constructor(
    private readonly sector: SectorClient,
    events: SectorEvents,
  ) {
    events.onSearchProgress = async (token, progress) => this.searches.get(token)?.(progress);
    events.onCompareProgress = async (token, progress) => this.comparisons.get(token)?.(progress);
  }

  /** @throws InvalidInputError when the pattern is malformed; `detail.offset` is the character where */
  async check(pattern: SearchPattern): Promise<void> {
    await this.sector.request('search/check', { pattern });
  }

  /**
   * Looks through a device, or a range of it; settles at the end, every progress told before.
   * @throws InvalidInputError for a malformed pattern, FailedError when too many run, CancelledError, what reading throws
   */
  search(
    target: Omit<ServiceParams<'search/run'>, 'token'>,
    { signal, onProgress }: SearchOptions<SearchProgress>,
  ): Promise<SearchEnd> {
    return this.following(this.searches, onProgress, (token) => this.sector.request('search/run', { ...target, token }, signal));
  }

  /** Compares two ranges of devices, as {@link search}. */
  compare(
    target: Omit<ServiceParams<'compare/run'>, 'token'>,
    { signal, onProgress }: SearchOptions<CompareProgress>,
  ): Promise<CompareEnd> {
    return this.following(this.comparisons, onProgress, (token) =>
      this.sector.request('compare/run', { ...target, token }, signal),
    );
  }

  private async following<P, R>(
    followed: Map<string, SearchOptions<P>['onProgress']>,
    onProgress: SearchOptions<P>['onProgress'],
    run: (token: string) => Promise<R>,
  ): Promise<R> {
    if (this.searches.size + this.comparisons.size >= MAX_RUNNING) {
      throw new FailedError(`${MAX_RUNNING} searches and comparisons run already`, {
        todo: 'Wait for one of them, or cancel it.',
      });
    }
    const token = randomUUID();
    followed.set(token, onProgress);
    try {
      return await run(token);
    } finally {
      followed.delete(token);
    }
  }
}

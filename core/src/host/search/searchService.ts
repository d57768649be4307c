import { randomUUID } from 'node:crypto';
import { FailedError } from '@diskwright/sdk/errors';
import type { CompareEnd, CompareProgress, SearchEnd, SearchPattern, SearchProgress, ServiceParams } from '../../common';
import type { SectorClient, SectorEvents } from '../sector/sectorClient';

/** Of searches and comparisons together: each has tens of mebibytes of a device in memory, and threads that read it. */
const MAX_RUNNING = 16;

export interface SearchOptions<P> {
  signal?: AbortSignal;
  onProgress(progress: P): void;
}

/** Searches and comparisons, which the sector service runs. */
export class SearchService {
  private readonly searches = new Map<string, (progress: SearchProgress) => void>();
  private readonly comparisons = new Map<string, (progress: CompareProgress) => void>();

  constructor(
    private readonly sector: SectorClient,
    events: SectorEvents,
  ) {
    events.onSearchProgress = (token, progress) => this.searches.get(token)?.(progress);
    events.onCompareProgress = (token, progress) => this.comparisons.get(token)?.(progress);
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
    followed: Map<string, (progress: P) => void>,
    onProgress: (progress: P) => void,
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

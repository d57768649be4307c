import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { ContainerListing, ContainerRecipe, FilePatch, Listing, Mutation, Recipe } from '@diskwright/sdk/testing';

interface Described {
  tools: string[];
  /** It has `mend`. */
  mends: boolean;
}

/** What a module says of itself that is about a filesystem. */
export interface DescribedFilesystem extends Described {
  filesystem: string;
  container: null;
  recipes: Omit<Recipe, 'make'>[];
  judgesCopies: boolean;
}

/** The same of one that is about a container. */
export interface DescribedContainer extends Described {
  filesystem: null;
  container: string;
  recipes: Omit<ContainerRecipe, 'make'>[];
}

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

type SentListing = Omit<Listing, 'allocated'> & { allocated?: ByteRange[] };

/** The author's recipes and oracle, which run in a process of their own with the rights of whoever tests. Its owner closes it. */
export class ConformanceProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private calls = 0;
  private said = '';

  /** @param programFolder where the build left the program that runs the module */
  constructor(module: string, programFolder: string, signal: AbortSignal) {
    this.child = fork(join(programFolder, 'conformance.mjs'), [module], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      signal,
    });
    const keep = (text: Buffer): void => void (this.said = (this.said + text.toString()).slice(-2000));
    this.child.stdout!.on('data', keep);
    this.child.stderr!.on('data', keep);
    this.child.on('message', (answer: Answer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    const ended = (): void => {
      for (const [id, answer] of this.waiting) answer({ id, error: `the module ended: ${this.said.trim()}` });
      this.waiting.clear();
    };
    this.child.on('exit', ended);
    this.child.on('error', ended);
  }

  describe(): Promise<DescribedFilesystem | DescribedContainer> {
    return this.request('describe', {});
  }

  /** @param paths of the files to write, in a folder that is the recipe's; one, of a filesystem */
  async make(recipe: number, paths: readonly string[], seed: number): Promise<void> {
    await this.request('make', { recipe, paths, seed });
  }

  async list(recipe: number, path: string, seed: number): Promise<Listing> {
    const { allocated, ...listing } = await this.request<SentListing>('list', { recipe, paths: [path], seed });
    return allocated ? { ...listing, allocated: ExtentList.fromRanges(allocated) } : listing;
  }

  listContainer(recipe: number, paths: readonly string[], seed: number): Promise<ContainerListing> {
    return this.request('list', { recipe, paths, seed });
  }

  /** @throws Error with what the format's own checker says */
  async judge(recipe: number, path: string, copy: string): Promise<void> {
    await this.request('judge', { recipe, paths: [path], copy });
  }

  mend(recipe: number, paths: readonly string[], mutation: Mutation): Promise<FilePatch[]> {
    return this.request('mend', { recipe, paths, mutation });
  }

  close(): void {
    this.child.kill();
  }

  private request<T>(method: string, params: object): Promise<T> {
    const id = this.calls++;
    return new Promise((resolve, reject) => {
      if (this.child.exitCode !== null) return reject(new Error(`the module ended: ${this.said.trim()}`));
      this.waiting.set(id, ({ result, error }) => (error === undefined ? resolve(result as T) : reject(new Error(error))));
      this.child.send({ id, method, ...params });
    });
  }
}

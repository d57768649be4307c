import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Listing, Recipe } from '@diskwright/sdk/testing';

/** What the module says of itself. */
export interface DescribedConformance {
  filesystem: string;
  tools: string[];
  recipes: Omit<Recipe, 'make'>[];
  judgesCopies: boolean;
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

  describe(): Promise<DescribedConformance> {
    return this.request('describe', {});
  }

  async make(recipe: number, path: string, seed: number): Promise<void> {
    await this.request('make', { recipe, path, seed });
  }

  async list(recipe: number, path: string, seed: number): Promise<Listing> {
    const { allocated, ...listing } = await this.request<SentListing>('list', { recipe, path, seed });
    return allocated ? { ...listing, allocated: ExtentList.fromRanges(allocated) } : listing;
  }

  /** @throws Error with what the format's own checker says */
  async judge(recipe: number, path: string, copy: string): Promise<void> {
    await this.request('judge', { recipe, path, copy });
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

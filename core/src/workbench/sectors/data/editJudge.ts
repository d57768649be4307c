import type { Finding } from '@diskwright/sdk/protocol';
import type { FieldChange } from '../../../common/workbench';
import type { Workbench } from '../../api';
import { toHex } from '../model/byteClass';
import type { StagedEdits } from '../model/stagedEdits';

/** The plugin's command that makes a plan of edits: `{device, edits: [{offset, bytes}]}`, bytes in hex. */
export const writeCommand = 'sector-edit.write';
/** After the last change: a plan is made and its result read by the plugins, which is too much for every key. */
const delayMilliseconds = 350;

export type Judgement =
  | { state: 'none' }
  | { state: 'judging' }
  | {
      state: 'judged';
      digest: string;
      appearing: readonly Finding[];
      disappearing: readonly Finding[];
      /** Fields that would read otherwise. */
      fields: readonly FieldChange[];
    }
  | { state: 'failed'; error: unknown };

/** What staged edits would lead to, as the plugins see it: a plan is made of them, and its result compared with the device of today. */
export class EditJudge {
  private judgementNow: Judgement = { state: 'none' };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort = new AbortController();
  private tokens = 0;
  /** Plans that the user reviews: they are not removed with the edits that they were made of. */
  private readonly kept = new Set<string>();

  constructor(
    private readonly workbench: Workbench,
    private readonly path: string,
    private readonly edits: StagedEdits,
    private readonly onChange: () => void,
  ) {}

  get judgement(): Judgement {
    return this.judgementNow;
  }

  /** Findings that the edits would bring. */
  get appearing(): readonly Finding[] {
    return this.judgementNow.state === 'judged' ? this.judgementNow.appearing : [];
  }

  /** What a field would read; null when it would read as it does or not be there, or that is not known yet. @param path names from the outside in */
  stagedValue(structure: string, path: readonly string[], offset: number): string | null {
    if (this.judgementNow.state !== 'judged') return null;
    const name = path.join('.');
    const isIt = (change: FieldChange): boolean =>
      change.offset === offset && change.field === name && change.structure === structure;
    return this.judgementNow.fields.find(isIt)?.after || null;
  }

  /** To be called when the edits changed. What was found before stands until the new answer, or until no edits are left. */
  changed(): void {
    clearTimeout(this.timer);
    this.abort.abort();
    this.abort = new AbortController();
    if (this.edits.count === 0) return this.set({ state: 'none' });
    if (this.judgementNow.state !== 'judged') this.set({ state: 'judging' });
    const { signal } = this.abort;
    this.timer = setTimeout(() => void this.judge(signal), delayMilliseconds);
  }

  /** A plan of the edits as they stand, that stays when they change. @throws as the plugin's command does */
  async planForReview(): Promise<string> {
    const digest = await this.plan();
    this.kept.add(digest);
    return digest;
  }

  private async plan(signal?: AbortSignal): Promise<string> {
    const edits = this.edits.runs().map(({ offset, after }) => ({ offset, bytes: toHex(after).toLowerCase() }));
    const token = `sector-edit-${(this.tokens += 1)}-${performance.now()}`;
    const input = { device: this.path, edits };
    const answer = await this.workbench.host.request('commands/execute', { token, command: writeCommand, input }, signal);
    if (answer.kind !== 'plan') throw new Error(`${writeCommand} made no plan`);
    return answer.plan;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.abort.abort();
  }

  private async judge(signal: AbortSignal): Promise<void> {
    const before = this.judgementNow;
    try {
      const digest = await this.plan(signal);
      const { changes, appearing, disappearing } = await this.workbench.host.request('plans/changes', { digest }, signal);
      const fields = changes.flatMap((change) => change.fields);
      if (!signal.aborted) this.set({ state: 'judged', digest, appearing, disappearing, fields });
      // The plan was made to be judged only, and another may have come of the last edits; neither shall fill the list of plans.
      if (before.state === 'judged' && before.digest !== digest) this.forget(before.digest);
    } catch (error) {
      if (!signal.aborted) this.set({ state: 'failed', error });
    }
  }

  private forget(digest: string): void {
    if (!this.kept.has(digest)) void this.workbench.host.request('plans/remove', { digest }).catch(() => undefined);
  }

  private set(judgement: Judgement): void {
    if (this.judgementNow.state === 'judged' && judgement.state === 'none') this.forget(this.judgementNow.digest);
    this.judgementNow = judgement;
    this.onChange();
  }
}

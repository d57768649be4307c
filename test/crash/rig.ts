/** Runs an operation as often as it takes: undisturbed, to know what must come out, and then disturbed, to see that it does. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { expect } from 'vitest';
import type { JobResult } from '../../core/src/common/index';
import { createJobRunner } from '../../core/src/sector/job/jobRunner';
import { JobHistory } from '../../core/src/sector/job/jobHistory';
import { readJournal } from '../../core/src/common/journal/readJournal';
import type { StoredJobState } from '../../core/src/sector/job/jobFolder';
import type { Disturbance } from '../support/disturb/disturb';
import { type EndedProcess, type JobOrder, JobProcesses, type JobOutcome } from '../support/disturb/jobProcesses';
import { type RecordedCall, readRecording } from '../support/disturb/recording';
import { jobEnvironment, type JobEnvironment } from '../support/jobs';
import { shows } from '../support/shows';
import { tool } from '../support/tool';
import { undoJob } from '../support/undo';
import type { Operation, OperationMaker } from './operations';

/** Small, so that small images have many checkpoints. */
const PART_BYTES = 1024 * 1024;
/** At each end of a disk, the partition tables stand in it. */
const TABLE_BYTES = 34 * 512;

/** What of a result must be the same however often a job was cut. */
type Facts = Pick<JobResult, 'state' | 'exitStatus' | 'holes' | 'holeCount' | 'digests' | 'bytesCopied'>;

/** An operation with a place to run it, and what comes out of it undisturbed. */
export class Rig {
  private expectedTarget = Buffer.alloc(0);
  private expectedFacts: Facts | null = null;
  /** What a table says before and afterwards. */
  private tables: { before: string; after: string } = { before: '', after: '' };

  private constructor(
    readonly operation: Operation,
    private readonly folder: string,
    readonly processes: JobProcesses,
    private readonly environment: JobEnvironment,
  ) {}

  /** Whoever makes it disposes of it. */
  static async make(maker: OperationMaker): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
    try {
      return await Rig.makeIn(folder, maker);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private static async makeIn(folder: string, maker: OperationMaker): Promise<Rig> {
    const processes = await JobProcesses.build(folder);
    const planning = join(folder, 'scene');
    await mkdir(planning);
    const operation = await maker(planning);
    const rig = new Rig(operation, folder, processes, jobEnvironment(join(folder, 'home')));
    for (const name of operation.sources) await writeFile(rig.path(name), operation.images.get(name)!);
    await rig.layOut();
    const before = await tableOf(rig.target);
    const { outcome, stderr } = await rig.run('begin', {});
    if (!outcome || !('result' in outcome)) throw new Error(`the undisturbed job failed: ${stderr}${JSON.stringify(outcome)}`);
    rig.expectedTarget = await readFile(rig.path(operation.target));
    rig.expectedFacts = factsOf(outcome.result);
    rig.tables = { before, after: await tableOf(rig.target) };
    expect(rig.expectedFacts).toMatchObject({ state: 'done', exitStatus: 0 });
    await operation.judge(rig.path(operation.target));
    return rig;
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  get target(): string {
    return this.path(this.operation.target);
  }

  get jobFolder(): string {
    return join(this.folder, 'home', 'jobs', 'job');
  }

  /** Everything that the job writes. */
  get written(): string[] {
    return [this.jobFolder, this.target];
  }

  path(device: string): string {
    return join(this.folder, `${device}.img`);
  }

  /** The scene and the job's folder as they were before the job. */
  async layOut(): Promise<void> {
    const { operation, jobFolder } = this;
    await rm(jobFolder, { recursive: true, force: true });
    await mkdir(jobFolder, { recursive: true });
    await cp(operation.planPath, join(jobFolder, 'plan.json'));
    await cp(operation.blobsFolder, join(jobFolder, 'blobs'), { recursive: true });
    await writeFile(this.target, this.before);
    await this.layOutUndone();
  }

  /** The job that is undone, as it was before. What its undo writes there is little, and comes last. */
  private async layOutUndone(): Promise<void> {
    const { undoneJob } = this.operation;
    if (undoneJob === null) return;
    const beside = join(this.jobFolder, '..', basename(undoneJob));
    await rm(beside, { recursive: true, force: true });
    await cp(undoneJob, beside, { recursive: true });
  }

  /** In a process of its own. */
  run(opening: JobOrder['opening'], disturbance: Partial<Disturbance>): Promise<EndedProcess> {
    return this.processes.run(this.order(opening), { paths: this.written, ...disturbance });
  }

  /** Goes on with the job in this process, undisturbed. A job that is done already has only its record. */
  async resume(): Promise<JobOutcome> {
    const stored = await this.state();
    if (stored?.state === 'done') return { result: stored.result! };
    const { folder, paths, partBytes } = this.order('resume');
    const runner = createJobRunner(this.environment.context, { partBytes });
    const ended = new Promise<JobResult>((resolve) => runner.onEnded((_, result) => resolve(result)));
    try {
      await runner.resume({ folder, paths });
    } catch (error) {
      return { refused: error instanceof Error ? error.message : String(error) };
    }
    return { result: await ended };
  }

  /** Runs the job from where it stands, in a process of its own; what its files were before, and all that it did to them. */
  async record(opening: JobOrder['opening']): Promise<{ files: Map<string, Buffer>; calls: RecordedCall[] }> {
    if (opening === 'begin') await this.layOut();
    const files = await this.files();
    const recordFile = join(this.folder, 'recording');
    await rm(recordFile, { force: true });
    const { outcome, stderr } = await this.run(opening, { recordFile });
    await this.expectWhole(outcome, `recorded ${stderr}`);
    return { files, calls: await readRecording(recordFile) };
  }

  /** Makes the target and the files of the job's folder be these. */
  async putBack(files: ReadonlyMap<string, Buffer>): Promise<void> {
    await this.layOutUndone();
    for (const path of await this.filePaths()) if (!files.has(path)) await rm(path);
    for (const [path, bytes] of files) await writeFile(path, bytes);
  }

  async state(): Promise<StoredJobState | null> {
    const bytes = await readFile(join(this.jobFolder, 'state.json')).catch(() => null);
    return bytes && (JSON.parse(bytes.toString('utf8')) as StoredJobState);
  }

  /** What the journal vouches for. */
  async history(): Promise<JobHistory> {
    const bytes = await readFile(join(this.jobFolder, 'journal')).catch(() => Buffer.alloc(0));
    return new JobHistory(readJournal(bytes).records);
  }

  /** Everything came out as if nothing had happened. */
  async expectWhole(outcome: JobOutcome | null, cut: string): Promise<void> {
    if (!outcome || !('result' in outcome)) throw new Error(`${cut}: not resumed: ${outcome?.refused ?? 'no answer'}`);
    expect(factsOf(outcome.result), `${cut}: ${outcome.result.message}`).toEqual(this.expectedFacts);
    await this.expectTarget(cut);
    expect((await this.state())?.state, cut).toBe('done');
    await this.expectSources(cut);
  }

  /** @param holes where zeros are to stand instead */
  async expectTarget(cut: string, holes: readonly ByteRange[] = []): Promise<void> {
    const found = await readFile(this.target);
    const expected = Buffer.from(this.expectedTarget);
    for (const { offset, length } of holes) expected.fill(0, offset, offset + length);
    if (found.equals(expected)) return;
    const at = found.findIndex((byte, index) => byte !== expected[index]);
    throw new Error(`${cut}: the target differs at ${at}: ${found.length} of ${expected.length} bytes`);
  }

  async expectSources(cut: string): Promise<void> {
    for (const name of this.operation.sources)
      if (!(await readFile(this.path(name))).equals(this.operation.images.get(name)!))
        throw new Error(`${cut}: ${name} has changed`);
  }

  /** What stood on the target before the job stands there again, byte for byte. */
  async expectBefore(cut: string): Promise<void> {
    if (!(await readFile(this.target)).equals(this.before))
      throw new Error(`${cut}: the target is not what it was before the job`);
  }

  /**
   * The target does not look whole to others unless it is: from the end of the invalidation to the commit nothing is seen on it, or, where it keeps
   * partitions that stay, not the table of before; and at no time the table of the end before all else is there.
   */
  async expectNeverLooksWhole(cut: string): Promise<void> {
    const history = await this.history();
    if (!history.hasEnded('invalidate')) return;
    if (this.operation.hidesTarget && history.phase !== 'commit') return expect(await shows(this.target), cut).toBe('');
    const table = await tableOf(this.target);
    if (table === '') return;
    if (table === this.tables.before)
      expect((await this.content()).equals(contentOf(this.before)), `${cut}: looks as before`).toBe(true);
    if (table === this.tables.after)
      expect((await this.content()).equals(contentOf(this.expectedTarget)), `${cut}: looks done`).toBe(true);
  }

  /** Takes back what the job has done so far, by a job that is planned now. Answers whether there was anything to be undone. */
  async undo(): Promise<boolean> {
    const { paths } = this.order('resume');
    const history = await this.history();
    if (!history.isSaved) return false;
    const result = await undoJob(this.environment, this.jobFolder, {}, paths);
    await rm(result.folder, { recursive: true });
    expect(result).toMatchObject({ state: 'done', exitStatus: 0 });
    return true;
  }

  private get before(): Buffer {
    return this.operation.images.get(this.operation.target)!;
  }

  private async content(): Promise<Buffer> {
    return contentOf(await readFile(this.target));
  }

  /** The target and the files that lie in the job's folder itself. */
  async files(): Promise<Map<string, Buffer>> {
    const files = new Map<string, Buffer>();
    for (const path of [this.target, ...(await this.filePaths())]) files.set(path, await readFile(path));
    return files;
  }

  private async filePaths(): Promise<string[]> {
    const entries = await readdir(this.jobFolder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => join(this.jobFolder, name));
  }

  private order(opening: JobOrder['opening']): JobOrder {
    const paths = Object.fromEntries([...this.operation.images.keys()].map((name) => [name, this.path(name)]));
    const home = join(this.folder, 'home');
    const { digest, options } = this.operation;
    return { home, opening, folder: this.jobFolder, digest, paths, partBytes: PART_BYTES, ...(options && { options }) };
  }
}

function factsOf({ state, exitStatus, holes, holeCount, digests, bytesCopied }: JobResult): Facts {
  return JSON.parse(JSON.stringify({ state, exitStatus, holes, holeCount, digests, bytesCopied })) as Facts;
}

/** What sfdisk reads; empty when it sees no table. */
async function tableOf(disk: string): Promise<string> {
  const { status, stdout } = await tool('sfdisk', '-d', disk);
  return status === 0 ? stdout : '';
}

function contentOf(disk: Buffer): Buffer {
  return disk.subarray(TABLE_BYTES, -TABLE_BYTES);
}

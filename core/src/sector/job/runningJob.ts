import type { SharedReader } from '@diskwright/native';
import type { Phase } from '@diskwright/sdk/protocol';
import { setMaxListeners } from 'node:events';
import type { JobOptions, JobProgress, JobResult } from '../../common/index';
import type { AuditLog } from '../audit/auditLog';
import { JobAudit } from '../audit/jobAudit';
import { applySteps, type StepActions } from '../plan/applySteps';
import { PART_BYTES } from '../plan/copy/parts';
import { DeviceActions, type ExecutionLog } from '../plan/deviceActions';
import type { PreparedDevices } from '../plan/prepareDevices';
import { ProgressMeter } from '../plan/progressMeter';
import type { StoredPlan } from '../plan/storedPlan';
import { TargetDevice } from '../plan/targetDevice';
import { ControlSocket, type JobControl } from './controlSocket';
import type { JobFiles } from './jobFiles';
import type { JobFolder, StoredJobState } from './jobFolder';
import { JobRecord } from './jobRecord';
import type { MediaPolicy } from '../plan/mediaPolicy';
import { savePreImages, targetPreImages } from './preImages';

const SAMPLE_MS = 100;
const CLOSE_MS = 2000;

/** For tests. */
export interface JobHooks {
  /** Called after each step; what it throws ends the job there. */
  onStepEnd?(phase: Phase, step: number): Promise<void> | void;
  /** Where a job's journal, hashes and pre-images are kept instead of in its folder. */
  openFiles?(path: string): Promise<JobFiles>;
  /** After so many copied bytes there is a checkpoint, instead of {@link PART_BYTES}; a multiple of 1 MiB. */
  partBytes?: number;
}

/** What a job runs with; it owns folder and devices until its end. */
export interface JobParts {
  folder: JobFolder;
  stored: StoredPlan;
  devices: PreparedDevices;
  /** Bytes that may be saved, zeros apart, so that all that is overwritten can be given back; 0 for structures alone. */
  undoBudget: number;
  media: MediaPolicy;
  /** What stands on a target already is not written. */
  delta: boolean;
  /** Content shares the source's blocks where it can. */
  reflink: boolean;
  /** What is copied is hashed. */
  digests: boolean;
  /** Its part in what jobs read together that were started together; null of one that was started alone. */
  sharedReader: SharedReader | null;
  /** Of jobs that were started together. */
  group: JobOptions['group'];
  hooks: JobHooks;
  /** Where what is read and written is put on record; null where nowhere. */
  audit: AuditLog | null;
  /** Told how the job ends before that is recorded: a job that is interrupted in between comes here again. Never rejects. */
  beforeEnd(result: JobResult): Promise<void>;
  onProgress(progress: JobProgress): void;
}

/** A job from its beginning to its end, whatever that is. */
export class RunningJob implements JobControl {
  private readonly meter = new ProgressMeter();
  private readonly record: JobRecord;
  private readonly abort = new AbortController();
  private readonly targets: ReadonlyMap<string, TargetDevice>;
  private readonly partBytes: number;
  private readonly audit: JobAudit | null;
  private last: JobProgress = this.meter.sample(performance.now());

  constructor(private readonly parts: JobParts) {
    // Every request in flight listens for the end.
    setMaxListeners(0, this.abort.signal);
    this.record = new JobRecord(parts.folder.history);
    this.partBytes = parts.folder.history.partBytes ?? parts.hooks.partBytes ?? PART_BYTES;
    const targets = [...parts.devices.targets].map(
      ([name, opened]) => [name, new TargetDevice(opened, this.meter, this.abort.signal)] as const,
    );
    this.targets = new Map(targets);
    const { audit, folder, stored, delta } = parts;
    this.audit = audit && new JobAudit(audit, { id: folder.id, stored, paths: this.paths(), delta });
  }

  get jobId(): string {
    return this.parts.folder.id;
  }

  progress(): JobProgress {
    return this.last;
  }

  cancel(): void {
    this.meter.requests.giveUp();
    this.abort.abort();
  }

  pause(): void {
    this.meter.gate.pause();
    void this.parts.folder.log('paused');
  }

  continue(): void {
    this.meter.gate.continue();
    void this.parts.folder.log('continued');
  }

  /** Makes the job known as running; whoever calls disposes of its parts when this fails. */
  async begin(): Promise<ControlSocket> {
    const { folder, stored } = this.parts;
    const paths = this.paths();
    const described = stored.plan.devices.map(({ name, path, identity }) => ({
      name,
      path: paths.get(name) ?? path,
      identity,
    }));
    const at = new Date().toISOString();
    const resumes = folder.history.plan !== null;
    if (resumes) await folder.journal.append({ type: 'resumed', at });
    else await folder.journal.append({ type: 'started', plan: stored.digest, at, partBytes: this.partBytes, devices: described });
    const socket = await ControlSocket.listen(folder, this);
    await folder.writeState({ ...this.heading(), state: 'running', result: null }).catch(async (error: unknown) => {
      await socket.close();
      throw error;
    });
    await folder.log(`${resumes ? 'resumed' : 'started'}: ${stored.plan.title}`);
    await this.audit?.begun();
    return socket;
  }

  /** Applies the plan and records how it ended; never rejects for what happened to the job itself. */
  async run(socket: ControlSocket): Promise<JobResult> {
    const { folder, stored } = this.parts;
    const timer = setInterval(() => this.sample(socket), SAMPLE_MS);
    let error: unknown = null;
    try {
      await applySteps(stored, this.actions(), this.abort.signal);
      await this.settle();
    } catch (caught) {
      error = caught;
    }
    this.parts.sharedReader?.leave();
    clearInterval(timer);
    this.sample(socket);
    const result = this.record.result(error, this.meter.requests);
    await this.parts.beforeEnd(result);
    await this.recordEnd(result);
    await this.audit?.ended(result);
    const closed = this.parts.devices.close();
    // Whoever hears of the end may use the devices; but one with a request that hangs must not keep the end from being told.
    const patience = result.stuck ? 0 : CLOSE_MS;
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, patience))]);
    await socket.end(result);
    await folder.close();
    return result;
  }

  /** Where the plan's devices were found, by their names in it. */
  private paths(): Map<string, string> {
    const { sources, targets } = this.parts.devices;
    return new Map([...sources, ...targets].map(([name, { node }]) => [name, node.path]));
  }

  private actions(): StepActions {
    const { stored, devices } = this.parts;
    const sources = new Map([...devices.sources].map(([name, { node }]) => [name, node]));
    const log = this.executionLog();
    const { history } = this.parts.folder;
    return new DeviceActions({
      stored,
      sources,
      targets: this.targets,
      history,
      media: this.parts.media,
      delta: this.parts.delta,
      reflink: this.parts.reflink,
      digests: this.parts.digests,
      partBytes: this.partBytes,
      sharedReader: this.parts.sharedReader,
      progress: this.meter,
      log,
      signal: this.abort.signal,
    });
  }

  private executionLog(): ExecutionLog {
    const { record } = this;
    const { journal, hashes } = this.parts.folder;
    return {
      partCopied: async (step, done, { blake3, chunkBytes, chunkHashes, holes, holeBytes, bytesUnchanged, reflinked }) => {
        const position = await hashes.append(chunkHashes);
        await hashes.sync();
        const unlistedHoleBytes = holeBytes - holes.reduce((sum, { length }) => sum + length, 0);
        const part = {
          done,
          chunkBytes,
          hashes: { position, length: chunkHashes.length },
          blake3: blake3.toString('hex'),
          holes,
          ...(unlistedHoleBytes > 0 && { unlistedHoleBytes }),
          ...(this.parts.delta && { bytesUnchanged }),
          ...(reflinked && { reflinked }),
        };
        if (unlistedHoleBytes > 0)
          await this.parts.folder.log(`${unlistedHoleBytes} bytes more cannot be read, in too many places to list them all`);
        await journal.append({ type: 'checkpoint', step, part });
        return part;
      },
      hashesOf: ({ hashes: { position, length } }) => hashes.read(position, length),
      copied: (step, amount) => record.copied(step, amount),
      verified: (bytes) => record.verified(bytes),
      hole: (step, device, range) => {
        record.hole(step, device, range);
        void this.parts.folder.log(
          `${device}: ${range.length} bytes at ${range.offset} cannot be read; zeros are written in their place`,
        );
      },
      beforeChanges: () => this.save(),
      phaseBegun: async (phase) => {
        await journal.append({ type: 'phaseBegun', phase });
        record.phaseBegun(phase);
        await this.parts.folder.log(`phase ${phase}`);
      },
      phaseEnded: (phase) => journal.append({ type: 'phaseEnded', phase }),
      stepEnded: async (phase, step) => {
        if (phase === 'commit') await journal.append({ type: 'stepEnded', step });
        await this.parts.hooks.onStepEnd?.(phase, step);
      },
    };
  }

  private async save(): Promise<void> {
    const { folder, stored, undoBudget } = this.parts;
    const targets = [...this.targets].map(([name, { node }]) => targetPreImages(stored, name, node, undoBudget));
    this.meter.begin(
      'save',
      'what stands on the target',
      targets.reduce((sum, { saved }) => sum + saved.covered, 0),
    );
    const saved = await savePreImages(folder.files, targets, undoBudget, this.meter, this.abort.signal);
    await folder.journal.append({ type: 'saved', ...saved });
    for (const { node, lostBytes } of targets)
      if (lostBytes > 0) await folder.log(`${node.path}: ${lostBytes} bytes are overwritten that no undo brings back`);
  }

  private async settle(): Promise<void> {
    for (const target of this.targets.values()) {
      // Everything is written and flushed: what fails now is told, and is no failure of the job.
      const why = await target.settle().catch((error: Error) => error.message);
      if (why)
        await this.parts.folder.log(
          `${target.node.path}: caches were not dropped or the partition table not read again (${why})`,
        );
    }
  }

  private heading(): Pick<StoredJobState, 'title' | 'group'> {
    const { stored, group } = this.parts;
    const { title } = stored.plan;
    return group ? { title: `${title} (${group.number} of ${group.count})`, group } : { title };
  }

  private sample(socket: ControlSocket): void {
    this.last = this.meter.sample(performance.now());
    this.parts.onProgress(this.last);
    socket.progress(this.last);
  }

  /** State first, since others go by it. What cannot be recorded, as on a full disk, is in the answer all the same. */
  private async recordEnd(result: JobResult): Promise<void> {
    const { folder } = this.parts;
    const { state, exitStatus, message } = result;
    await folder.writeState({ ...this.heading(), state, result }).catch((error: Error) => folder.log(error.message));
    await folder.journal.append({ type: 'ended', state, exitStatus, message }).catch((error: Error) => folder.log(error.message));
    for (const line of requestLines(result)) await folder.log(line);
    await folder.log(`${state}: ${message}`);
  }
}

/** How the devices answered, where that is worth telling. */
function* requestLines({ slow = [], stuck = [] }: JobResult): Generator<string> {
  for (const { device, offset, requests, longestSeconds } of slow)
    yield `${device}: slow at byte ${offset} (${requests} ${requests === 1 ? 'request' : 'requests'} over 1 s, the longest ${longestSeconds.toFixed(1)} s)`;
  for (const { device, offset, seconds } of stuck)
    yield `${device}: a request at byte ${offset} was not answered for ${seconds.toFixed(1)} s and is left behind`;
}

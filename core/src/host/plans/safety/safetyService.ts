import { basename } from 'node:path';
import { CancelledError, RefusedError } from '@diskwright/sdk/errors';
import type { ByteRange, DeviceLayout, Plan, PlanDevice } from '@diskwright/sdk/protocol';
import type { ListedDevice } from '../../../common';
import { printable } from '../../../common/text/printable';
import type { DeviceService } from '../../devices/deviceService';
import type { RunningJobs } from '../../commands/inputDevices';
import type { LayoutService } from '../../layouts/layoutService';
import type { SectorClient } from '../../sector/sectorClient';
import { writtenRanges } from '../writtenRanges';
import { actionText } from './actionText';
import { diskOf } from './diskOf';
import { type Replaced, replacedBy } from './replaced';

/** A device that a plan writes, with what is on it now. */
export interface TargetSafety {
  /** In the plan. */
  name: string;
  path: string;
  size: number;
  sectorSize: number;
  /** The disk that it is, or lies on; null for what is no disk of the system. */
  disk: ListedDevice | null;
  /** Null when it cannot be read. */
  layout: DeviceLayout | null;
  replaced: Replaced;
  /** Ranges that may be written. */
  written: ByteRange[];
  /** A few bytes are changed, and nothing else is. */
  edit: boolean;
}

/** What stands before a plan is applied. */
export interface PlanSafety {
  targets: TargetSafety[];
  /** Must be typed: names what is lost. Null when nothing recognised is lost and no system disk is written. */
  word: string | null;
  /** Verb and target, for a button. */
  action: string;
  /** Why it would be refused now, sentences. */
  refusals: string[];
}

const MAX_EDIT_BYTES = 1024 * 1024;

/** The last steps of the safety ladder, for the command line and the workbench alike. */
export class SafetyService {
  constructor(
    private readonly sector: SectorClient,
    private readonly devices: DeviceService,
    private readonly layouts: LayoutService,
    private readonly jobs: RunningJobs,
  ) {}

  /** @param plan its side files are held by the sector service */
  async assess(plan: Plan, signal?: AbortSignal): Promise<PlanSafety> {
    const [disks, { refusals }] = await Promise.all([
      this.devices.list(),
      this.sector.request('plan/refusals', { devices: plan.devices }, signal),
    ]);
    const targets: TargetSafety[] = [];
    for (const device of plan.devices) {
      if (device.role === 'target') targets.push(await this.assessTarget(plan, device, disks, signal));
    }
    const jobs = await Promise.all(targets.map(({ path }) => this.jobs.runningOn(path)));
    const running = targets.flatMap(({ path }, index) => jobs[index]!.map((job) => `Job ${job} works with ${path} now.`));
    const all = [...running, ...refusals];
    if (targets.length === 0) all.push('The plan has no target.');
    return { targets, word: wordFor(targets), action: actionText(targets), refusals: all.slice(0, 64) };
  }

  /** @throws RefusedError when the word is not the one that {@link assess} asks for, or something stands against it */
  async require(plan: Plan, word: string | null, signal?: AbortSignal): Promise<void> {
    const safety = await this.assess(plan, signal);
    if (safety.word !== null && word?.trim() !== safety.word) {
      throw new RefusedError(`"${word ?? ''}" does not name what would be lost`, { todo: `Type ${safety.word} to go ahead.` });
    }
    requireNoRefusal(safety);
  }

  private async assessTarget(
    plan: Plan,
    { name, path, identity }: PlanDevice,
    disks: ListedDevice[],
    signal?: AbortSignal,
  ): Promise<TargetSafety> {
    const { size, sectorSize } = identity;
    const written = await writtenRanges(plan, name, this.sector);
    const edit = isEdit(plan, name, written);
    const head = { name, path, size, sectorSize, disk: await diskOf(path, disks), written, edit };
    try {
      const { deviceId } = await this.devices.open(path, identity.kind === 'file' ? sectorSize : undefined, signal);
      const layout = await this.layouts.read(deviceId, signal);
      return { ...head, layout, replaced: replacedBy(written, layout, edit) };
    } catch (error) {
      if (signal?.aborted) throw new CancelledError();
      const reason = error instanceof Error ? error.message : String(error);
      // What cannot be told counts as data.
      const text = `What is on ${path} cannot be told (${reason}); all of it may be lost.`;
      return { ...head, layout: null, replaced: { text, holdsData: true, suffix: '' } };
    }
  }
}

/** @throws RefusedError with all that stands against it */
export function requireNoRefusal({ refusals }: PlanSafety): void {
  const [first, ...details] = refusals;
  if (first !== undefined) throw new RefusedError(first, { details });
}

function wordFor(targets: readonly TargetSafety[]): string | null {
  const lost = targets.find(({ disk }) => disk?.system) ?? targets.find(({ replaced }) => replaced.holdsData);
  return lost ? printable(`${basename(lost.path)}${lost.replaced.suffix}`) : null;
}

/** Whether a plan only writes some bytes by value. */
function isEdit(plan: Plan, device: string, written: readonly ByteRange[]): boolean {
  const steps = plan.steps.filter((step) => 'target' in step && step.target.device === device);
  return steps.every(({ kind }) => kind === 'write') && written.reduce((sum, { length }) => sum + length, 0) <= MAX_EDIT_BYTES;
}

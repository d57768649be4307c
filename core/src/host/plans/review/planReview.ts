import { CancelledError } from '@diskwright/sdk/errors';
import type { ByteRange, Finding, Plan } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../../common';
import { Turns } from '../../../common/flow/turns';
import { writeLength } from '../../../common/plan';
import type { FieldChange, WorkbenchResult } from '../../../common/workbench';
import type { ContentChanges } from '../../devices/contentChanges';
import type { DeviceService } from '../../devices/deviceService';
import type { LayoutService } from '../../layouts/layoutService';
import type { KeptPlan } from '../planLibrary';
import type { SimulationService } from '../simulation';
import { byteChanges, type ReadNow } from './byteChanges';
import { assignFields, changedFields } from './fieldChanges';
import { findingsOnlyIn, MAX_FINDINGS } from './findingChanges';
import { lostVolumes } from './lostVolumes';
import { mergeRanges } from './mergeRanges';
import { type Meaning, type MeaningSource, readMeaning } from './readMeaning';

export type PlanChanges = WorkbenchResult<'plans/changes'>;

/** A review is looked at by a person: what takes longer is told without fields. */
const PATIENCE_MILLISECONDS = 20_000;
const MAX_RANGES = 64;
/** Each makes an overlay and reads what the plan changes, before and after. */
const REVIEWS_AT_ONCE = 2;
/** A volume is only checked for a plan that changes little; after a clone every volume would be. */
const MAX_CHECKED_BYTES = 1024 * 1024;

/** What a plan changes on one of its targets. */
interface TargetChanges {
  /** Its name in the plan. */
  device: string;
  fields: FieldChange[];
  appearing: Finding[];
  disappearing: Finding[];
}

/** Says what a plan changes: bytes beside what is there today, and the fields of structures, found by applying it to an overlay. */
export class PlanReview {
  private readonly turns = new Turns(REVIEWS_AT_ONCE);

  constructor(
    private readonly devices: DeviceService,
    private readonly layouts: LayoutService,
    private readonly simulations: SimulationService,
    private readonly meaning: MeaningSource,
    private readonly contents: Pick<ContentChanges, 'forget'>,
  ) {}

  /** Nothing stays behind, whatever happens. @param kept its side files are held by the sector service */
  changes(kept: KeptPlan, signal?: AbortSignal): Promise<PlanChanges> {
    return this.turns.run(() => this.changesNow(kept, signal), signal);
  }

  private async changesNow(kept: KeptPlan, signal?: AbortSignal): Promise<PlanChanges> {
    const { plan } = kept;
    const opened = await this.openTargets(plan, signal);
    const { changes, truncated } = await byteChanges(plan, kept.blobsFolder, reader(opened, this.devices, signal), signal);
    const late = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const both = signal ? AbortSignal.any([signal, late]) : late;
    const judged: TargetChanges[] = [];
    const incomplete: string[] = [];
    for (const [device, base] of opened) {
      if (!changes.some((change) => change.device === device)) continue;
      try {
        judged.push(await this.changesOn(kept, device, base, both));
      } catch (error) {
        if (signal?.aborted) throw new CancelledError();
        const reason = late.aborted ? `reading took longer than ${PATIENCE_MILLISECONDS / 1000} s` : (error as Error).message;
        const where = opened.size > 1 ? ` of ${device}` : '';
        incomplete.push(`Fields and findings${where} cannot be told: ${reason}`);
      }
    }
    const assigned = assignFields(changes, new Map(judged.map(({ device, fields }) => [device, fields])));
    return {
      changes: assigned.changes,
      truncated: truncated || assigned.truncated,
      appearing: judged.flatMap(({ appearing }) => appearing).slice(0, MAX_FINDINGS),
      disappearing: judged.flatMap(({ disappearing }) => disappearing).slice(0, MAX_FINDINGS),
      ...(incomplete.length > 0 && { incomplete: incomplete.join('; ') }),
    };
  }

  private async changesOn(kept: KeptPlan, device: string, base: OpenedDevice, signal: AbortSignal): Promise<TargetChanges> {
    const [before, after] = await this.compare(kept, base, device, signal);
    // A finding names a place, and of several targets it has to be told on which.
    const isOnly = kept.plan.devices.filter(({ role }) => role === 'target').length === 1;
    const named = (findings: Finding[]): Finding[] =>
      isOnly ? findings : findings.map((finding) => ({ ...finding, message: `${device}: ${finding.message}` }));
    return {
      device,
      fields: changedFields(before.structures, after.structures),
      appearing: named(findingsOnlyIn(after.findings, before.findings)),
      disappearing: named(findingsOnlyIn(before.findings, after.findings)),
    };
  }

  /** What the providers make of the written ranges now and afterwards. */
  private async compare(
    kept: KeptPlan,
    base: OpenedDevice,
    target: string,
    signal: AbortSignal,
  ): Promise<[before: Meaning, after: Meaning]> {
    const ranges = writtenByValue(kept.plan, target);
    const check = isSmall(kept.plan, target, ranges);
    const result = await this.simulations.simulateTemporarily(kept, target, signal);
    const overlay = result.deviceId;
    try {
      const layout = await this.layouts.read(base.deviceId, signal);
      const before = await readMeaning(this.meaning, { deviceId: base.deviceId, layout, ranges, check }, signal);
      const after = await readMeaning(this.meaning, { deviceId: overlay, layout: result.layout, ranges, check }, signal);
      // A plan that copies volumes or is for a layout says itself what appears and vanishes.
      if (!check || kept.plan.result !== null) return [before, after];
      return [
        { ...before, findings: [...lostVolumes(result.layout, layout, ranges), ...before.findings] },
        { ...after, findings: [...lostVolumes(layout, result.layout, ranges), ...after.findings] },
      ];
    } finally {
      await this.contents.forget(overlay);
      await result.remove();
    }
  }

  /** Targets as they are now, by their names in the plan. One that cannot be opened is missing. */
  private async openTargets(plan: Plan, signal?: AbortSignal): Promise<Map<string, OpenedDevice>> {
    const opened = new Map<string, OpenedDevice>();
    for (const { name, role, path, identity } of plan.devices) {
      if (role !== 'target') continue;
      try {
        opened.set(name, await this.devices.open(path, identity.kind === 'file' ? identity.sectorSize : undefined, signal));
      } catch (error) {
        if (signal?.aborted) throw error;
      }
    }
    return opened;
  }
}

function reader(opened: ReadonlyMap<string, OpenedDevice>, devices: DeviceService, signal?: AbortSignal): ReadNow {
  return async (name, offset, length) => {
    const device = opened.get(name);
    if (!device || offset + length > device.size) return null;
    try {
      return await devices.peek(device.deviceId, offset, length, signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      return null;
    }
  };
}

function writtenByValue(plan: Plan, device: string): ByteRange[] {
  const ranges = plan.steps.flatMap((step) => {
    if (step.kind !== 'write' || step.target.device !== device) return [];
    const length = writeLength(step.bytes);
    return length > 0 ? [{ offset: step.target.offset, length }] : [];
  });
  let gap = 0;
  let merged = mergeRanges(ranges, gap);
  while (merged.length > MAX_RANGES) merged = mergeRanges(ranges, (gap = gap === 0 ? 4096 : gap * 4));
  return merged;
}

function isSmall(plan: Plan, target: string, ranges: readonly ByteRange[]): boolean {
  const onlyWrites = plan.steps.every(
    (step) => step.kind === 'write' || step.kind === 'assert' || step.kind === 'verify' || step.target.device !== target,
  );
  return onlyWrites && ranges.reduce((sum, { length }) => sum + length, 0) <= MAX_CHECKED_BYTES;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { complement, ExtentList, intersect, shift, subtract, union } from '@diskwright/sdk/extents';
import type { CopyStep, Plan, PlanDevice } from '@diskwright/sdk/protocol';
import type { CopiedPart, JournalRecord } from '../../common/journal/journalRecord';
import { readJournal } from '../../common/journal/readJournal';
import { sha256 } from '../../common/plan';
import type { BlockStatus, MapBlock, RescueMap } from '../../common/rescueMap/rescueMap';
import { parseDeviceName } from '../commands/deviceName';

const NONE = ExtentList.fromRanges([]);

/**
 * What a job knows of one of its sources: finished `+`, bad `-`, and `?` for all that it did not copy (yet), or where it does not
 * know which bytes are bad.
 */
export interface JobMap {
  device: PlanDevice;
  map: RescueMap;
}

/**
 * The map of a source, from the job's journal: good for jobs in every state, also for those that are running.
 * @param name of the device in the plan, or its path; may be absent when there is only one source
 * @throws InvalidInputError when there is no such source, or the job's files are not what they were
 */
export async function jobMap(folder: string, plan: Plan, name?: string): Promise<JobMap> {
  const device = sourceOf(plan, name);
  const records = readJournal(await readFile(join(folder, 'journal')).catch(() => Buffer.alloc(0))).records;
  const progress = new CopyProgress(records);
  let copied = NONE;
  for (const [index, step] of plan.steps.entries()) {
    if (step.kind !== 'copy' || step.source.device !== device.name) continue;
    const done = progress.of(step, index, device, await extentsOf(folder, step));
    copied = union(copied, shift(done, step.source.offset));
  }
  const bad = ExtentList.fromRanges(progress.holesOf(plan, device.name));
  const untried = complement(union(copied, bad), device.identity.size);
  const blocks = [...blocksOf(subtract(copied, bad), '+'), ...blocksOf(bad, '-'), ...blocksOf(untried, '?')].sort(
    (a, b) => a.offset - b.offset,
  );
  return { device, map: { blocks } };
}

/** What the journal vouches for. */
class CopyProgress {
  private readonly parts = new Map<number, CopiedPart[]>();
  private readonly endedPhases = new Set<string>();
  private nextStep = 0;

  constructor(records: readonly JournalRecord[]) {
    for (const record of records) {
      if (record.type === 'phaseEnded') this.endedPhases.add(record.phase);
      else if (record.type === 'stepEnded') this.nextStep = Math.max(this.nextStep, record.step + 1);
      else if (record.type === 'checkpoint') {
        this.nextStep = Math.max(this.nextStep, record.step);
        const parts = this.parts.get(record.step) ?? [];
        this.parts.set(record.step, [...parts, record.part]);
      }
    }
  }

  /** What of a copy is on the medium, without the parts in which not all holes are known: they may be anywhere there. */
  of(step: CopyStep, index: number, source: PlanDevice, extents: ExtentList): ExtentList {
    const parts = this.parts.get(index) ?? [];
    const hasEnded = this.endedPhases.has(step.phase) || index < this.nextStep;
    const done = hasEnded ? extents.covered : (parts.at(-1)?.done ?? 0);
    const isUncertain = parts.some(({ unlistedHoleBytes = 0 }) => unlistedHoleBytes > 0);
    // An overlay, and a file in a volume, are copied by where their bytes lie: of what is under way only the holes can be told.
    const isInOrder = source.identity.kind !== 'overlay' && parseDeviceName(source.path).path === null;
    if (!isInOrder) return done === extents.covered && !isUncertain ? extents : NONE;
    const copied = firstBytes(extents, done);
    return isUncertain ? subtract(copied, uncertainParts(parts, extents)) : copied;
  }

  holesOf(plan: Plan, device: string): CopiedPart['holes'] {
    return [...this.parts].flatMap(([index, parts]) => {
      const step = plan.steps[index];
      return step?.kind === 'copy' && step.source.device === device ? parts.flatMap(({ holes }) => holes) : [];
    });
  }
}

function sourceOf(plan: Plan, name: string | undefined): PlanDevice {
  const sources = plan.devices.filter(({ role }) => role === 'source');
  const names = sources.map((device) => device.name).join(', ');
  if (sources.length === 0) throw new InvalidInputError('the job copies from no other device: there is no map');
  if (name === undefined && sources.length > 1)
    throw new InvalidInputError(`the job has several sources: ${names}`, { todo: 'Name one with --device.' });
  const found = name === undefined ? sources[0] : sources.find((device) => device.name === name || device.path === name);
  if (!found) throw new InvalidInputError(`the job has no source ${name}, only ${names}`);
  return found;
}

async function extentsOf(folder: string, step: CopyStep): Promise<ExtentList> {
  const { digest } = step.extents;
  const path = join(folder, 'blobs', digest);
  const blob = await readFile(path).catch((error: Error) => {
    throw new InvalidInputError(`the plan's side file ${path} cannot be read: ${error.message}`);
  });
  if (sha256(blob) !== digest) throw new InvalidInputError(`the plan's side file ${path} is not as it was`);
  return ExtentList.fromBlob(blob);
}

function uncertainParts(parts: readonly CopiedPart[], extents: ExtentList): ExtentList {
  let all = NONE;
  for (const [index, { done, unlistedHoleBytes = 0 }] of parts.entries()) {
    if (unlistedHoleBytes > 0)
      all = union(all, subtract(firstBytes(extents, done), firstBytes(extents, parts[index - 1]?.done ?? 0)));
  }
  return all;
}

function firstBytes(extents: ExtentList, bytes: number): ExtentList {
  let room = bytes;
  let end = 0;
  for (const { offset, length } of extents) {
    if (room <= 0) break;
    end = offset + Math.min(length, room);
    room -= length;
  }
  return end === 0 ? NONE : intersect(extents, ExtentList.fromRanges([{ offset: 0, length: end }]));
}

function blocksOf(list: ExtentList, status: BlockStatus): MapBlock[] {
  return [...list].map(({ offset, length }) => ({ offset, length, status }));
}

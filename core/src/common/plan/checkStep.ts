import type { AssertStep, CopyStep, DiscardStep, Phase, PlanDevice, Step, ZeroStep } from '@diskwright/sdk/protocol';
import { extentsAligned, shiftOf } from './copyShape';
import { writeLength, type PlanSideFiles } from './sideFiles';

type Devices = ReadonlyMap<string, PlanDevice>;

/**
 * What may happen in which phase: nothing is written while checking, and what reads as anything may not be left behind by a
 * commit.
 */
const ALLOWED: Record<Phase, readonly Step['kind'][]> = {
  check: ['assert'],
  invalidate: ['write', 'zero', 'discard', 'assert'],
  content: ['copy', 'write', 'zero', 'discard', 'verify', 'assert'],
  commit: ['copy', 'write', 'zero', 'verify', 'assert'],
};

/** Everything that is wrong with one step, in words. */
export function* checkStep(step: Step, devices: Devices, sideFiles: PlanSideFiles): Generator<string> {
  if (!ALLOWED[step.phase].includes(step.kind)) yield `not allowed in the phase ${step.phase}`;
  switch (step.kind) {
    case 'copy':
      return yield* checkCopy(step, devices, sideFiles);
    case 'write':
      return yield* checkTarget(step.target, writeLength(step.bytes), devices);
    case 'zero':
    case 'discard':
      return yield* checkArea(step, devices, sideFiles);
    case 'verify':
      return yield* checkRole(step.device, devices);
    case 'assert':
      return yield* checkAssert(step, devices);
  }
}

function* checkCopy(step: CopyStep, devices: Devices, sideFiles: PlanSideFiles): Generator<string> {
  const extents = sideFiles.extents(step.extents);
  const source = devices.get(step.source.device);
  const target = devices.get(step.target.device);
  if (!source) yield `there is no device ${step.source.device}`;
  yield* checkRole(step.target.device, devices);
  if (!source || !target) return;
  if (!inside(step.source.offset, extents.end, source.identity.size))
    yield outside('reads', step.source.offset, extents.end, source);
  if (!inside(step.target.offset, extents.end, target.identity.size))
    yield outside('writes', step.target.offset, extents.end, target);
  const sector = Math.max(source.identity.sectorSize, target.identity.sectorSize);
  const aligned = step.source.offset % sector === 0 && step.target.offset % sector === 0 && extentsAligned(extents, sector);
  if (!aligned) yield `its extents are not whole sectors of ${sector} bytes`;
  if (source === target && shiftOf(step) === 0) yield 'copies onto itself';
}

function* checkAssert(step: AssertStep, devices: Devices): Generator<string> {
  const device = devices.get(step.device.device);
  if (!device) {
    yield `there is no device ${step.device.device}`;
    return;
  }
  // What a target holds later is what the plan itself has put there; only a source can still change.
  if (step.phase !== 'check' && device.role === 'target') yield `a target can be asserted in the phase check only`;
  const { size } = device.identity;
  const bad = step.ranges.find(
    (range) => step.device.offset > size || !inside(range.offset, range.length, size - step.device.offset),
  );
  if (bad) yield outside('reads', bad.offset, bad.length, device);
}

/** Without an extent list any alignment will do; of a list every change of a part of a sector would have to be read first. */
function* checkArea(step: ZeroStep | DiscardStep, devices: Devices, sideFiles: PlanSideFiles): Generator<string> {
  yield* checkTarget(step.target, step.length, devices);
  const target = devices.get(step.target.device);
  if (!target || !step.extents) return;
  const extents = sideFiles.extents(step.extents);
  if (extents.end > step.length) yield `its extents reach to ${extents.end}, beyond its ${step.length} bytes`;
  const sector = target.identity.sectorSize;
  if (step.target.offset % sector !== 0 || !extentsAligned(extents, sector))
    yield `its extents are not whole sectors of ${sector} bytes`;
}

function* checkTarget(place: { device: string; offset: number }, length: number, devices: Devices): Generator<string> {
  yield* checkRole(place.device, devices);
  const device = devices.get(place.device);
  if (device && !inside(place.offset, length, device.identity.size)) yield outside('writes', place.offset, length, device);
}

function* checkRole(name: string, devices: Devices): Generator<string> {
  const device = devices.get(name);
  if (!device) yield `there is no device ${name}`;
  else if (device.role !== 'target') yield `writes ${name}, which is a source`;
}

/** Without a sum that could overflow. */
function inside(offset: number, length: number, size: number): boolean {
  return offset <= size && length <= size - offset;
}

function outside(verb: string, offset: number, length: number, device: PlanDevice): string {
  return `${verb} ${length} bytes at ${offset}, outside of ${device.name}, which has ${device.identity.size} bytes`;
}

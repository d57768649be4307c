import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange, DeviceIdentity, ExtentsRef, Phase, Plan, Step } from '@diskwright/sdk/protocol';
import { encodePlan, sha256 } from '../../core/src/common/plan/index';

/** A stored plan as `plan/simulate` and `job/start` take it. */
export interface SavedPlan {
  planPath: string;
  blobsFolder: string;
  digest: string;
}

/** Makes plans by hand. Steps are kept in the order of their calls. */
export class PlanBuilder {
  readonly blobs = new Map<string, Buffer>();
  readonly plan: Plan = {
    format: 'diskwright-plan/1',
    title: 'A plan made by hand',
    command: { id: 'test', input: {} },
    devices: [],
    steps: [],
    warnings: [],
    notes: [],
    result: null,
    undo: 'none',
  };

  device(name: string, role: 'source' | 'target', path: string, identity: DeviceIdentity): this {
    this.plan.devices.push({ name, role, path, identity });
    return this;
  }

  /** Copies ranges, given relative to both places. */
  copy(phase: Phase, source: [string, number], target: [string, number], ranges: Iterable<ByteRange> | ExtentList): this {
    const extents = this.extents(ranges);
    return this.step({ kind: 'copy', ...words(phase, 'copied'), source: place(source), target: place(target), extents });
  }

  /** Bytes longer than 4 KiB become a side file. */
  write(phase: Phase, target: [string, number], bytes: Buffer): this {
    const digest = sha256(bytes);
    const large = bytes.length > 4096;
    if (large) this.blobs.set(digest, bytes);
    const content = large ? { digest, bytes: bytes.length } : bytes.toString('base64');
    return this.step({ kind: 'write', ...words(phase, 'written'), target: place(target), bytes: content });
  }

  /** All of the length, or just the ranges, relative to the target's offset. */
  zero(phase: Phase, target: [string, number], length: number, ranges?: Iterable<ByteRange> | ExtentList): this {
    const area = { target: place(target), length, ...(ranges && { extents: this.extents(ranges) }) };
    return this.step({ kind: 'zero', ...words(phase, 'zeroed'), ...area });
  }

  /** As {@link zero}. */
  discard(phase: Phase, target: [string, number], length: number, ranges?: Iterable<ByteRange> | ExtentList): this {
    const area = { target: place(target), length, ...(ranges && { extents: this.extents(ranges) }) };
    return this.step({ kind: 'discard', ...words(phase, 'discarded'), ...area });
  }

  verify(phase: Phase, device: string): this {
    return this.step({ kind: 'verify', ...words(phase, 'verified'), device });
  }

  /** Asserts that the bytes of the device from `offset` on are these. */
  assert(phase: Phase, device: [string, number], bytes: Buffer): this {
    const ranges = [{ offset: 0, length: bytes.length }];
    return this.step({ kind: 'assert', ...words(phase, 'asserted'), device: place(device), ranges, digest: sha256(bytes) });
  }

  private extents(ranges: Iterable<ByteRange> | ExtentList): ExtentsRef {
    const list = ranges instanceof ExtentList ? ranges : ExtentList.fromRanges(ranges);
    const reference = list.reference();
    this.blobs.set(reference.digest, list.blob);
    return reference;
  }

  step(step: Step): this {
    this.plan.steps.push(step);
    return this;
  }

  /** Writes `planPath` and the side files beside it, into `planPath.blobs` unless another folder is named. */
  async save(planPath: string, blobsFolder = `${planPath}.blobs`): Promise<SavedPlan> {
    const { bytes, digest } = encodePlan(this.plan);
    await mkdir(dirname(planPath), { recursive: true });
    await mkdir(blobsFolder, { recursive: true });
    await writeFile(planPath, bytes);
    for (const [name, blob] of this.blobs) await writeFile(join(blobsFolder, name), blob);
    return { planPath, blobsFolder, digest };
  }
}

function words(phase: Phase, structure: string): { phase: Phase; structure: string; reason: string } {
  return { phase, structure, reason: 'because the test says so' };
}

function place([device, offset]: [string, number]): { device: string; offset: number } {
  return { device, offset };
}

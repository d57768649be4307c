import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange, DeviceIdentity, Phase, Plan, Step } from '@diskwright/sdk/protocol';
/** A stored plan as `plan/simulate` and `job/start` take it. */
export interface SavedPlan {
    planPath: string;
    blobsFolder: string;
    digest: string;
}
/** Makes plans by hand. Steps are kept in the order of their calls. */
export declare class PlanBuilder {
    readonly blobs: Map<string, Buffer<ArrayBufferLike>>;
    readonly plan: Plan;
    device(name: string, role: 'source' | 'target', path: string, identity: DeviceIdentity): this;
    /** Copies ranges, given relative to both places. */
    copy(phase: Phase, source: [string, number], target: [string, number], ranges: Iterable<ByteRange> | ExtentList): this;
    /** Bytes longer than 4 KiB become a side file. */
    write(phase: Phase, target: [string, number], bytes: Buffer): this;
    /** All of the length, or just the ranges, relative to the target's offset. */
    zero(phase: Phase, target: [string, number], length: number, ranges?: Iterable<ByteRange> | ExtentList): this;
    /** As {@link zero}. */
    discard(phase: Phase, target: [string, number], length: number, ranges?: Iterable<ByteRange> | ExtentList): this;
    verify(phase: Phase, device: string): this;
    /** Asserts that the bytes of the device from `offset` on are these. */
    assert(phase: Phase, device: [string, number], bytes: Buffer): this;
    private extents;
    step(step: Step): this;
    /** Writes `planPath` and the side files beside it, into `planPath.blobs` unless another folder is named. */
    save(planPath: string, blobsFolder?: string): Promise<SavedPlan>;
}

import { InvalidInputError } from '@diskwright/sdk/errors';
import type { ExtentList } from '@diskwright/sdk/extents';
import type { AssertStep, CopyStep, DiscardStep, WriteStep, ZeroStep } from '@diskwright/sdk/protocol';
import type { ServiceParams, ServiceResult } from '../../common/index';
import type { OverlayOpener, SectorContext, Simulator } from '../contracts';
import { OverlayBuilder } from '../overlay/index';
import { applySteps, type StepActions } from './applySteps';
import { checkAssert } from './checkAssert';
import { closePlanDevices, openPlanDevices, type PlanDeviceNode } from './planDevices';
import { planForTarget, simulatedTarget } from './planForTarget';
import { readStoredPlan, type StoredPlan } from './storedPlan';

/** See {@link Simulator}. Nothing is written but the overlay's own folder. */
export function createSimulator(context: SectorContext, overlays: OverlayOpener): Simulator {
  return {
    async simulate(params: ServiceParams<'plan/simulate'>, signal?: AbortSignal): Promise<ServiceResult<'plan/simulate'>> {
      if (await overlays.exists(params.overlay)) {
        throw new InvalidInputError(`there is an overlay named ${params.overlay} already`, {
          todo: 'Give it another name, or remove the old one.',
        });
      }
      const stored = await readStoredPlan(params.planPath, params.blobsFolder, params.digest, signal);
      const target = simulatedTarget(stored.plan.devices, params.target);
      const devices = await openPlanDevices(context, stored.plan, params.paths, signal);
      try {
        await build(context.dataFolder, params.overlay, planForTarget(stored, target), target, devices, signal);
        for (const [digest, list] of stored.sideFiles.lists) overlays.know(digest, list);
      } finally {
        await closePlanDevices(devices);
      }
      return { overlay: params.overlay };
    },
  };
}

async function build(
  dataFolder: string,
  name: string,
  stored: StoredPlan,
  target: string,
  devices: ReadonlyMap<string, PlanDeviceNode>,
  signal?: AbortSignal,
): Promise<void> {
  const builder = await OverlayBuilder.create(dataFolder, name);
  try {
    await applySteps(stored, new OverlayActions(builder, target, devices, signal), signal);
    const used = stored.plan.devices.map(({ name, identity }) => {
      const { path } = devices.get(name)!.opened.node;
      return { name, path, identity };
    });
    await builder.commit({ title: stored.plan.title, plan: stored.digest, base: target, devices: used });
  } catch (error) {
    await builder.abandon();
    throw error;
  }
}

/** Steps in an overlay: copies become mappings, writes become bytes, and what only makes sense on a medium does nothing. */
class OverlayActions implements StepActions {
  constructor(
    private readonly builder: OverlayBuilder,
    private readonly target: string,
    private readonly devices: ReadonlyMap<string, PlanDeviceNode>,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async copy(step: CopyStep, _index: number, extents: ExtentList): Promise<void> {
    const device = step.source.device === this.target ? null : step.source.device;
    if (extents.count > 0) await this.builder.copy(device, step.source.offset, step.target.offset, extents, step.extents);
  }

  async write(step: WriteStep, _index: number, chunks: () => AsyncIterable<Buffer>): Promise<void> {
    let { offset } = step.target;
    for await (const chunk of chunks()) {
      await this.builder.write(offset, chunk);
      offset += chunk.length;
    }
  }

  async zero(step: ZeroStep, _index: number, area: ExtentList): Promise<void> {
    await this.clear(step, area);
  }

  /** What a discarded range reads as is not defined; zeros are what most devices answer. */
  async discard(step: DiscardStep, _index: number, area: ExtentList): Promise<void> {
    await this.clear(step, area);
  }

  async verify(): Promise<void> {}

  async assert(step: AssertStep): Promise<void> {
    await checkAssert(step, this.devices.get(step.device.device)!.opened.node, this.signal);
  }

  async phaseBegins(): Promise<void> {}
  async phaseEnds(): Promise<void> {}
  async stepEnds(): Promise<void> {}

  private async clear({ target, length, extents }: ZeroStep | DiscardStep, area: ExtentList): Promise<void> {
    if (!extents) this.builder.zero(target.offset, length);
    else if (area.count > 0) await this.builder.zeroExtents(target.offset, area, extents);
  }
}

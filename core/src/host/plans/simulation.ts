import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceLayout, Plan } from '@diskwright/sdk/protocol';
import type { DeviceService } from '../devices/deviceService';
import type { LayoutService } from '../layouts/layoutService';
import { ensureFolder } from '../paths';
import type { SectorClient } from '../sector/sectorClient';
import { storePlan, type StoredPlan } from './planStore';
import { temporaryOverlayName } from './temporaryOverlays';

/** A plan that is stored only as long as it is needed. */
export interface TemporaryPlan extends StoredPlan {
  remove(): Promise<void>;
}

export interface SimulationOptions {
  /** The overlay's name; made of the plan's digest unless given. */
  name?: string | undefined;
  /** The name in the plan of the target whose result is wanted; needed when there are several. */
  target?: string | undefined;
}

/** A plan's result as a device. */
export interface Simulation {
  /** Its name, by which it is a device. */
  overlay: string;
  /** Where it lies; it is gone when this is removed. */
  folder: string;
  layout: DeviceLayout;
}

/** A plan's result as an open device, for one look at it. */
export interface TemporaryResult {
  deviceId: string;
  layout: DeviceLayout;
  remove(): Promise<void>;
}

/** Applies plans to overlays, whose layouts the providers then read as they would a disk's. */
export class SimulationService {
  constructor(
    private readonly sector: SectorClient,
    private readonly devices: DeviceService,
    private readonly layouts: LayoutService,
    private readonly dataFolder: string,
  ) {}

  /** Makes an overlay of a stored plan's result. Nothing is written to a device. */
  async simulate(stored: StoredPlan, { name, target }: SimulationOptions = {}, signal?: AbortSignal): Promise<Simulation> {
    const overlay = name ?? (await this.freeName(`simulated-${stored.digest.slice(0, 8)}`));
    await this.makeOverlay(stored, { overlay, target }, signal);
    const { deviceId } = await this.devices.open(overlay);
    return { overlay, folder: join(this.dataFolder, 'overlays', overlay), layout: await this.layouts.read(deviceId, signal) };
  }

  /** As {@link simulate}, in an overlay that lists do not show; whoever asked removes it. */
  async simulateTemporarily(stored: StoredPlan, target: string, signal?: AbortSignal): Promise<TemporaryResult> {
    const name = temporaryOverlayName();
    const folder = join(this.dataFolder, 'overlays', name);
    let deviceId: string | null = null;
    const remove = async (): Promise<void> => {
      try {
        if (deviceId) await this.devices.close(deviceId);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    };
    try {
      await this.makeOverlay(stored, { overlay: name, target }, signal);
      ({ deviceId } = await this.devices.open(name, undefined, signal));
      return { deviceId, layout: await this.layouts.read(deviceId, signal), remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** Stores a plan whose side files the sector service holds in the data folder; whoever asked removes it, or the end of the process does. */
  async storeTemporarily(plan: Plan): Promise<TemporaryPlan> {
    // Named after the process, as the sector service's are: it takes away what dead ones left.
    const folder = ensureFolder(this.dataFolder, 'staging', `${process.pid}-${randomBytes(8).toString('hex')}`);
    const removeAtExit = (): void => rmSync(folder, { recursive: true, force: true });
    process.once('exit', removeAtExit);
    const remove = async (): Promise<void> => {
      process.off('exit', removeAtExit);
      await rm(folder, { recursive: true, force: true });
    };
    try {
      return { ...(await storePlan(plan, join(folder, 'plan.json'), join(folder, 'blobs'), this.sector)), remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** Digests of the plans whose results are kept as overlays. */
  async shownPlans(): Promise<Set<string>> {
    const folder = join(this.dataFolder, 'overlays');
    const names = await readdir(folder).catch((): string[] => []);
    const plans = await Promise.all(names.map((name) => planOf(join(folder, name))));
    return new Set(plans.filter((plan) => plan !== null));
  }

  private async makeOverlay(
    stored: StoredPlan,
    { overlay, target }: { overlay: string; target: string | undefined },
    signal?: AbortSignal,
  ): Promise<void> {
    const { plan, path: planPath, blobsFolder, digest } = stored;
    const paths = Object.fromEntries(plan.devices.map((device) => [device.name, device.path]));
    const wanted = { planPath, blobsFolder, digest, overlay, paths, ...(target !== undefined && { target }) };
    await this.sector.request('plan/simulate', wanted, signal);
  }

  /** `name`, or with a number behind it when there is an overlay of that name. */
  private async freeName(name: string): Promise<string> {
    const taken = new Set(await readdir(join(this.dataFolder, 'overlays')).catch(() => [] as string[]));
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name}-${number}`;
      if (!taken.has(candidate)) return candidate;
    }
  }
}

async function planOf(folder: string): Promise<string | null> {
  try {
    const { plan } = JSON.parse(await readFile(join(folder, 'overlay.json'), 'utf8')) as { plan?: unknown };
    return typeof plan === 'string' ? plan : null;
  } catch {
    return null;
  }
}

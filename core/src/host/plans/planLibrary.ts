import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { Plan } from '@diskwright/sdk/protocol';
import type { PlanSummary } from '../../common/workbench';
import { type Disposable, Listeners } from '../listeners';
import { ensureFolder } from '../paths';
import type { SectorClient } from '../sector/sectorClient';
import { checkPlanPath, importSideFiles, loadPlan, sideFilesFolder, storePlan, type StoredPlan } from './planStore';

/** A plan of the library. */
export interface KeptPlan extends StoredPlan {
  /** ISO 8601: when it came here. */
  createdAt: string;
}

const DIGEST = /^[0-9a-f]{64}$/;
/** What lists show, so that no plan needs to be read for them. */
const SUMMARY = 'summary.json';
const UNUSED_MILLISECONDS = 30 * 24 * 3600 * 1000;

/**
 * The plans of the data folder, each in `plans/<digest>` with its side files. Jobs and overlays have copies of their own, so any plan may be removed at
 * any time.
 */
export class PlanLibrary {
  private readonly listeners = new Listeners();
  /** The plan that was read last: views page through one at a time. */
  private last: KeptPlan | null = null;

  constructor(
    private readonly sector: SectorClient,
    private readonly dataFolder: string,
  ) {}

  /** Is told when a plan came or went. */
  onChanged(listener: () => void): Disposable {
    return this.listeners.add(listener);
  }

  /** Keeps a plan whose side files the sector service holds; answers its digest. One that is there already becomes the newest. */
  async keep(plan: Plan): Promise<string> {
    const folder = ensureFolder(this.dataFolder, 'plans', `.new-${process.pid}-${randomBytes(8).toString('hex')}`);
    try {
      const { digest } = await storePlan(plan, join(folder, 'plan.json'), join(folder, 'blobs'), this.sector);
      const targets = plan.devices.filter(({ role }) => role === 'target').map(({ path }) => path);
      const summary: PlanSummary = { digest, title: plan.title, createdAt: new Date().toISOString(), targets };
      await writeFile(join(folder, SUMMARY), JSON.stringify(summary), { mode: 0o600 });
      await this.putInPlace(folder, this.folderOf(digest));
      if (this.last?.digest === digest) this.last = null;
      this.listeners.tell();
      return digest;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Takes a plan's file in, with its side files beside it. @throws InvalidInputError, RefusedError when side files are not what the plan says */
  async import(path: string): Promise<string> {
    const { plan, blobsFolder } = await loadPlan(resolve(path));
    await importSideFiles(plan, blobsFolder, this.sector);
    return this.keep(plan);
  }

  /** Newest first. */
  async list(): Promise<PlanSummary[]> {
    const names = await readdir(join(this.dataFolder, 'plans')).catch(() => [] as string[]);
    const summaries = await Promise.all(names.filter((name) => DIGEST.test(name)).map((name) => this.summary(name)));
    const known = summaries.filter((summary) => summary !== null);
    return known.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0)).slice(0, 4096);
  }

  /** @throws InvalidInputError when there is none of this digest, or its file is damaged */
  async read(digest: string): Promise<KeptPlan> {
    const folder = this.folderOf(digest);
    if (this.last?.digest === digest && (await this.summary(digest))) return this.last;
    const [stored, summary] = await Promise.all([this.load(folder), this.summary(digest)]);
    if (stored?.digest !== digest || !summary) {
      throw new InvalidInputError(`the plan ${digest.slice(0, 12)} is not here any more`, {
        todo: 'Make it again, or open its file.',
      });
    }
    // A plan that is looked at is in use.
    await utimes(join(folder, SUMMARY), new Date(), new Date()).catch(() => undefined);
    this.last = { ...stored, createdAt: summary.createdAt };
    return this.last;
  }

  /** As {@link read}, with its side files handed to the sector service. */
  async readWhole(digest: string): Promise<KeptPlan> {
    const kept = await this.read(digest);
    await importSideFiles(kept.plan, kept.blobsFolder, this.sector);
    return kept;
  }

  /** Writes a plan with its side files where the user says; answers the absolute path. @throws InvalidInputError when something is there already */
  async save(digest: string, path: string): Promise<string> {
    const target = resolve(path);
    await checkPlanPath(target);
    const { plan } = await this.readWhole(digest);
    return (await storePlan(plan, target, sideFilesFolder(target), this.sector)).path;
  }

  async remove(digest: string): Promise<void> {
    await rm(this.folderOf(digest), { recursive: true, force: true });
    if (this.last?.digest === digest) this.last = null;
    this.listeners.tell();
  }

  /** Takes away what nobody looked at for 30 days. @param needed digests of the plans that overlays show the result of; they stay */
  async removeUnused(needed: ReadonlySet<string>, now = Date.now()): Promise<void> {
    for (const { digest } of await this.list()) {
      const used = await stat(join(this.folderOf(digest), SUMMARY)).catch(() => null);
      if (used && now - used.mtimeMs > UNUSED_MILLISECONDS && !needed.has(digest)) await this.remove(digest);
    }
  }

  private folderOf(digest: string): string {
    if (!DIGEST.test(digest)) throw new InvalidInputError(`"${digest}" is no digest of a plan`);
    return join(this.dataFolder, 'plans', digest);
  }

  /** A folder that is there holds the same plan: only its summary is new. */
  private async putInPlace(folder: string, place: string): Promise<void> {
    await rename(folder, place).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      await rename(join(folder, SUMMARY), join(place, SUMMARY));
    });
  }

  private load(folder: string): Promise<StoredPlan | null> {
    return loadPlan(join(folder, 'plan.json'), join(folder, 'blobs')).catch(() => null);
  }

  private async summary(digest: string): Promise<PlanSummary | null> {
    try {
      return JSON.parse(await readFile(join(this.folderOf(digest), SUMMARY), 'utf8')) as PlanSummary;
    } catch {
      return null;
    }
  }
}

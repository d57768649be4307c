import { NotSupportedError, RefusedError } from '@diskwright/sdk/errors';
import { NewestOnly, type PeerHandlers } from '@diskwright/sdk/rpc';
import { join } from 'node:path';
import { abortable } from '../../common/flow/abortable';
import type { JobResult, ServiceParams, ServiceProtocol } from '../../common/index';
import { AuditLog } from '../audit/auditLog';
import { BlobStore } from '../blobs/blobStore';
import { makeUndoPlan } from '../job/undo/undoPlan';
import { ImageService } from '../images/imageService';
import { KeptCopies } from '../images/keptCopies';
import { PluginServing } from '../serving/pluginServing';
import { newSessionFolder, removeDeadSessions } from '../blobs/sessionFolder';
import { ContentRegistry } from '../contents/contentRegistry';
import { Containers } from '../containers/containerOpener';
import type { JobRunner, OverlayOpener, SectorContext, Simulator } from '../contracts';
import type { Extraction } from '../extraction/extraction';
import { Claims } from '../leases/claimRegistry';
import { LeaseRegistry } from '../leases/leaseRegistry';
import { Tokens } from '../leases/tokens';
import { planRefusals } from '../plan/planRefusals';
import { ControlServer } from './controlServer';
import { contentHandlers } from './contentHandlers';
import { dataHandlers } from './dataHandlers';
import { type DataHandler, DataServer } from './dataServer';
import { deviceHandlers } from './deviceHandlers';
import { DeviceTable } from './deviceTable';
import { extractionHandlers } from './extractionHandlers';
import { ExportRegistry } from './exportRegistry';
import { makeRuntimeFolder, removeRuntimeFolder } from './runtimeFolder';
import { searchHandlers } from './searchHandlers';
import { ServiceContext } from './sectorContext';
import type { StartParameters } from './startParameters';

/** A service to which nobody ever connects ends after so long. */
const LONELY_MILLISECONDS = 60_000;

const CLOSE_MILLISECONDS = 2_000;

/** What stands behind the messages about plans, jobs and overlays. */
export interface ServiceParts {
  createOverlayOpener(context: SectorContext): OverlayOpener;
  createSimulator(context: SectorContext, overlays: OverlayOpener): Simulator;
  createJobRunner(context: SectorContext, audit: AuditLog | null): JobRunner;
}

/**
 * The sector service: one control connection, leases and blobs on a data socket, exports, jobs. Ends when the control connection
 * is closed and neither a job nor a client of an export is left.
 */
export class SectorService {
  private readonly tokens = new Tokens<DataHandler>();
  private readonly leases = new LeaseRegistry();
  private readonly exports = new ExportRegistry(() => this.endWhenIdle());
  private readonly devices: DeviceTable;
  private readonly blobs: BlobStore;
  private readonly serving: PluginServing;
  private readonly contents: ContentRegistry;
  private readonly extractions = new Map<string, Extraction>();
  private readonly context: ServiceContext;
  private readonly audit: AuditLog | null;
  private readonly images: ImageService;
  private readonly simulator: Simulator;
  private readonly jobs: JobRunner;
  private readonly runtimeFolder: string;
  private control: ControlServer | null = null;
  private data: DataServer | null = null;
  private hostGone = false;
  private ending: Promise<void> | null = null;
  private resolveEnded!: () => void;
  /** Resolves when everything is closed and removed. */
  readonly ended: Promise<void> = new Promise((resolve) => (this.resolveEnded = resolve));

  private constructor(
    private readonly parameters: StartParameters,
    parts: ServiceParts,
  ) {
    const { dataFolder, elevated, user } = parameters;
    this.runtimeFolder = makeRuntimeFolder(user !== process.getuid!());
    // An elevated service writes nowhere that a user names.
    const staging = join(elevated ? this.runtimeFolder : dataFolder, 'staging');
    this.blobs = new BlobStore(newSessionFolder(staging));
    if (!elevated) void removeDeadSessions(staging);
    this.audit = elevated ? null : new AuditLog(dataFolder);
    this.context = new ServiceContext(dataFolder, elevated, new Claims());
    this.devices = new DeviceTable({
      open: (path, options) => this.context.open(path, options),
      identify: (opened, signal) => this.context.identify(opened, signal),
      onChanged: (deviceId, path, replaced) =>
        void this.control?.peer?.notify('device/changed', { deviceId, path, replaced }).catch(ignore),
    });
    this.serving = new PluginServing({ host: () => (this.hostGone ? null : (this.control?.peer ?? null)), tokens: this.tokens });
    const bases = {
      serving: this.serving,
      use: (deviceId: string, signal?: AbortSignal) => this.devices.use(deviceId, signal),
      done: (deviceId: string) => this.devices.done(deviceId),
    };
    this.context.setContainers(new Containers(bases));
    this.contents = new ContentRegistry({
      ...bases,
      locate: async (path, signal) => {
        const found = this.hostGone ? undefined : this.control?.peer?.request('content/locate', { path }, signal);
        return (await found)?.contentId ?? null;
      },
    });
    this.context.setContents(this.contents);
    const { leases, tokens, audit } = this;
    const newest = new NewestOnly();
    this.images = new ImageService({
      host: () => this.control?.peer ?? null,
      leases,
      tokens,
      audit,
      copies: new KeptCopies(dataFolder),
      onProgress: (progress) =>
        newest.send(`image ${progress.path}`, async () => this.control?.peer?.notify('image/progress', progress)),
    });
    // The elevated service opens no files.
    if (!elevated) this.context.setImages(this.images);
    const overlays = parts.createOverlayOpener(this.context);
    this.context.setOverlays(overlays);
    this.simulator = parts.createSimulator(this.context, overlays);
    this.jobs = parts.createJobRunner(this.context, audit);
    this.jobs.onProgress((jobId, progress) =>
      newest.send(jobId, async () => this.control?.peer?.notify('job/progress', { jobId, progress })),
    );
    this.jobs.onEnded((jobId, result) => {
      void this.control?.peer?.notify('job/ended', { jobId, result: short(result) }).catch(ignore);
      this.endWhenIdle();
    });
  }

  /** Listens. The caller tells the host {@link controlSocket}. */
  static async start(parameters: StartParameters, parts: ServiceParts): Promise<SectorService> {
    const service = new SectorService(parameters, parts);
    const { secret, user } = parameters;
    service.data = await DataServer.listen(service.dataSocket, service.tokens, user);
    service.control = await ControlServer.listen({
      socketPath: service.controlSocket,
      secret,
      user,
      hello: () => ({ pid: process.pid, elevated: parameters.elevated, dataSocket: service.dataSocket }),
      handlers: service.handlers(),
      onEnded: () => void service.loseHost(),
    });
    setTimeout(() => service.control?.taken || void service.end(), LONELY_MILLISECONDS).unref();
    return service;
  }

  get controlSocket(): string {
    return join(this.runtimeFolder, 'control.sock');
  }

  /** Closes everything, jobs excepted: those are the runner's to end. Idempotent. */
  end(): Promise<void> {
    this.ending ??= this.closeAll();
    return this.ending;
  }

  private get dataSocket(): string {
    return join(this.runtimeFolder, 'data.sock');
  }

  private handlers(): PeerHandlers<ServiceProtocol> {
    const { context, devices, leases, blobs, tokens, exports, audit } = this;
    const all: PeerHandlers<ServiceProtocol> = {
      ...deviceHandlers({ context, devices, exports, leases }),
      ...dataHandlers({ context, devices, leases, blobs, tokens, audit }),
      ...contentHandlers({ contents: this.contents, leases, tokens, audit }),
      ...this.serving.handlers(),
      ...extractionHandlers({ devices, contents: this.contents, extractions: this.extractions }),
      ...searchHandlers({
        devices,
        onSearchProgress: (token, progress, signal) => this.report('search/progress', { token, ...progress }, signal),
        onCompareProgress: (token, progress, signal) => this.report('compare/progress', { token, ...progress }, signal),
      }),
      ...this.images.handlers(),
      'plan/simulate': (params, { signal }) => this.simulator.simulate(params, signal),
      'plan/refusals': async ({ devices: asked }, { signal }) => ({
        refusals: (await planRefusals(this.context, asked, signal)).slice(0, 256),
      }),
      'job/start': (params) => this.jobs.start(params),
      'job/startTogether': (params) => this.jobs.startTogether(params),
      'job/resume': (params) => this.jobs.resume(params),
      release: async () => {
        await this.letGo();
        await this.devices.endUnused();
        return {};
      },
      'job/undoPlan': async ({ folder, paths }, { signal }) => {
        const plan = await makeUndoPlan({ context, folder, paths, putExtents: (list) => blobs.putExtents(list), signal });
        return { plan };
      },
    };
    return this.parameters.elevated ? { ...all, ...refusedWhenElevated() } : all;
  }

  /** Resolves when the host has done with it; without a host there is nobody to wait for. */
  private async report<M extends 'search/progress' | 'compare/progress'>(
    method: M,
    params: ServiceParams<M>,
    signal: AbortSignal,
  ): Promise<void> {
    // Whoever cancels does not wait for one that is slow in taking what was found.
    const taken: Promise<unknown> | undefined = this.control?.peer?.request(method, params, signal);
    if (taken) await abortable(taken, signal);
  }

  private async loseHost(): Promise<void> {
    this.hostGone = true;
    await this.letGo();
    this.endWhenIdle();
  }

  /** Ends what only a host needs; exports that have clients go on. */
  private async letGo(): Promise<void> {
    this.tokens.revoke(() => true);
    for (const extraction of this.extractions.values()) extraction.close();
    await Promise.all([this.leases.revokeAll(), this.exports.orphan()]);
    this.audit?.closeAll();
  }

  private endWhenIdle(): void {
    // In a later turn: who tells that a job ended may count it still.
    setImmediate(() => {
      if (this.hostGone && this.jobs.active === 0 && this.exports.active === 0) void this.end();
    });
  }

  private async closeAll(): Promise<void> {
    await this.control?.close();
    await Promise.all([this.leases.revokeAll(), this.exports.stopAll()]);
    this.audit?.closeAll();
    await this.data?.close();
    // A device that hangs is not closed before its requests return; the kernel closes it after us.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MILLISECONDS)));
    await Promise.race([this.devices.endAll(), late]);
    clearTimeout(timer);
    await this.blobs.dispose();
    removeRuntimeFolder(this.runtimeFolder);
    this.resolveEnded();
  }
}

/** Small enough for a message; the job's folder has all of it. */
function short(result: JobResult): JobResult {
  return { ...result, holes: result.holes.slice(0, 1024), digests: result.digests.slice(0, 1024) };
}

function ignore(): void {
  // The host is gone, or does not read: a job goes on without it, and its folder says how it ended.
}

/** What takes paths of files: with root's rights, a user could have any file read or written by it. */
function refusedWhenElevated(): PeerHandlers<ServiceProtocol> {
  const refuse = (): never => {
    throw new RefusedError('the elevated service reads and writes no files', {
      todo: 'Ask the service that runs with your own rights.',
    });
  };
  const jobs = (): never => {
    throw new NotSupportedError('the elevated service cannot run jobs yet', {
      todo: 'Run Diskwright as root to write to this device.',
    });
  };
  return {
    'image/formats': refuse,
    'image/identify': refuse,
    'image/lease': refuse,
    'image/connect': refuse,
    'blob/export': refuse,
    'blob/import': refuse,
    'export/start': refuse,
    'extraction/begin': refuse,
    'plan/simulate': refuse,
    'plan/refusals': refuse,
    'job/start': jobs,
    'job/startTogether': jobs,
    'job/resume': jobs,
    'job/undoPlan': refuse,
  };
}

import { FailedError, LeaseRevokedError } from '@diskwright/sdk/errors';
import { NbdClient } from '@diskwright/sdk/nbd';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { TolerantBytes } from '../../common/contents/tolerantBytes';
import { SharedTask } from '../../common/flow/sharedTask';
import type { DeviceService } from '../../host/devices/deviceService';
import { readWhatCanBe } from './readWhatCanBe';

/** A lease over which nobody read for so long is given back: it keeps the device open. */
const IDLE_MILLISECONDS = 2_000;
/** How long a read goes on for which nobody waits, but for which somebody may ask again. */
const GRACE_MILLISECONDS = 15_000;
/** Different reads of one device at once; a page has a few, and each may take 1 MiB. */
const MAXIMUM_READS = 32;

/** Reads one device for all windows, over one lease that is taken when it is needed. A device that hangs keeps nothing waiting but its own reads. */
export class DeviceReader {
  private connection: Promise<NbdClient> | null = null;
  private readonly reads = new Map<string, SharedTask<TolerantBytes>>();
  private idleTimer: NodeJS.Timeout | null = null;
  private readonly disposal = new AbortController();

  /** @param onIdle called when it was not used for long: it may be {@link dispose}d then, and another made when it is needed */
  constructor(
    private readonly devices: DeviceService,
    private readonly deviceId: string,
    private readonly onIdle: () => void,
  ) {}

  /**
   * @param patienceMilliseconds answers null when the device has not answered by then; the same range asked for again joins the read
   * @throws FailedError when too much waits for this device already, and as {@link readWhatCanBe}
   */
  async read(range: ByteRange, patienceMilliseconds: number, signal: AbortSignal): Promise<TolerantBytes | null> {
    const key = `${range.offset}+${range.length}`;
    let read = this.reads.get(key);
    if (!read) {
      if (this.reads.size >= MAXIMUM_READS) throw this.overloaded();
      if (this.idleTimer) clearTimeout(this.idleTimer);
      read = new SharedTask((stop) => this.readOnce(range, stop), {
        graceMilliseconds: GRACE_MILLISECONDS,
        onUnused: () => this.forget(key),
      });
      this.reads.set(key, read);
    }
    return read.waitBriefly(patienceMilliseconds, signal);
  }

  /** Ends all reads and gives the lease back. */
  dispose(): void {
    this.disposal.abort();
    for (const read of this.reads.values()) read.cancel();
    if (this.idleTimer) clearTimeout(this.idleTimer);
    this.connection?.then((client) => client.close()).catch(() => undefined);
    this.connection = null;
  }

  /** A lease may end at any time, as when its service ends a job on the device; then another is taken, once. */
  private async readOnce(range: ByteRange, signal: AbortSignal): Promise<TolerantBytes> {
    try {
      return await readWhatCanBe(await this.connected(), range, signal);
    } catch (error) {
      if (!(error instanceof LeaseRevokedError) || this.disposal.signal.aborted) throw error;
      return readWhatCanBe(await this.connected(), range, signal);
    }
  }

  private connected(): Promise<NbdClient> {
    if (this.connection) return this.connection;
    const connection = this.connect();
    this.connection = connection;
    const lost = (): void => {
      if (this.connection === connection) this.connection = null;
    };
    connection.then((client) => client.closed.then(lost), lost);
    return connection;
  }

  private async connect(): Promise<NbdClient> {
    const { path, sectorSize } = this.devices.get(this.deviceId);
    const { socket } = await this.devices.lease(this.deviceId, undefined, 'the workbench', undefined, this.disposal.signal);
    // It flows from the next turn on, when the client listens.
    socket.resume();
    const client = await NbdClient.connect(socket, { kind: 'lease', device: path, sectorSize });
    if (this.disposal.signal.aborted) client.close();
    return client;
  }

  private forget(key: string): void {
    this.reads.delete(key);
    if (this.reads.size > 0 || this.disposal.signal.aborted) return;
    if (this.idleTimer) clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(this.onIdle, IDLE_MILLISECONDS).unref();
  }

  private overloaded(): FailedError {
    const { path } = this.devices.get(this.deviceId);
    return new FailedError(`${MAXIMUM_READS} reads wait for ${path} already`, {
      device: path,
      todo: 'Wait until the device answers, or close what reads it.',
    });
  }
}

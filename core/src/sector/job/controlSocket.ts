import { createPeer, NewestOnly, type Peer } from '@diskwright/sdk/rpc';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { serviceMessages, type JobProgress, type JobResult, type ServiceProtocol } from '../../common/index';
import { listenUnix, type UnixListener } from '../listenUnix';
import { peerUser } from '../peerUser';
import type { JobFolder } from './jobFolder';

const MAX_CLIENTS = 16;

/** What a running job lets others do. */
export interface JobControl {
  readonly jobId: string;
  progress(): JobProgress;
  cancel(): void;
  pause(): void;
  continue(): void;
}

/** `control.sock` in the folder of a running job: whoever has this process's uid may follow the job and cancel it. */
export class ControlSocket {
  /** Those who follow, each with what sends it the progress. */
  private readonly attached = new Map<Peer<ServiceProtocol>, NewestOnly>();
  private readonly peers = new Set<Peer<ServiceProtocol>>();
  private listener: UnixListener | null = null;

  private constructor(private readonly control: JobControl) {}

  /** Listens in the folder, which is this process's by its lock: what is left of an earlier socket is taken away. */
  static async listen(folder: JobFolder, control: JobControl): Promise<ControlSocket> {
    const path = join(folder.path, 'control.sock');
    await rm(path, { force: true });
    const socket = new ControlSocket(control);
    socket.listener = await listenUnix(path, (connection) => socket.accept(connection));
    return socket;
  }

  /** Tells those who follow; one that does not read is not waited for. */
  progress(progress: JobProgress): void {
    const { jobId } = this.control;
    for (const [peer, newest] of this.attached) newest.send(jobId, () => peer.notify('job/progress', { jobId, progress }));
  }

  /** Tells the end, then closes. */
  async end(result: JobResult): Promise<void> {
    const told = [...this.attached.keys()].map((peer) =>
      peer.notify('job/ended', { jobId: this.control.jobId, result }).catch(() => undefined),
    );
    await Promise.race([Promise.all(told), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    await this.close();
  }

  async close(): Promise<void> {
    await this.listener?.close();
    for (const peer of this.peers) peer.close();
  }

  private accept(socket: Socket): void {
    if (this.peers.size >= MAX_CLIENTS || peerUser(socket) !== process.getuid!()) {
      socket.destroy();
      return;
    }
    const peer: Peer<ServiceProtocol> = createPeer<ServiceProtocol>({
      stream: socket,
      table: serviceMessages,
      side: 'host',
      name: 'client of a job',
      handlers: {
        'job/attach': () => {
          this.attached.set(peer, new NewestOnly());
          return { jobId: this.control.jobId, progress: this.control.progress() };
        },
        'job/cancel': () => {
          this.control.cancel();
          return {};
        },
        'job/pause': () => {
          this.control.pause();
          return {};
        },
        'job/continue': () => {
          this.control.continue();
          return {};
        },
      },
      onClose: () => {
        this.peers.delete(peer);
        this.attached.delete(peer);
      },
    });
    this.peers.add(peer);
    socket.resume();
  }
}

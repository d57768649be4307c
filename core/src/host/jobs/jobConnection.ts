import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { createPeer, type Peer } from '@diskwright/sdk/rpc';
import { serviceMessages, type JobProgress, type ServiceProtocol } from '../../common';

/** A connection to a running job by the socket in its folder. Whoever made it closes it. */
export class JobConnection {
  private constructor(
    private readonly peer: Peer<ServiceProtocol>,
    /** Settles when the job has ended, or its service. */
    readonly closed: Promise<void>,
  ) {}

  /** Null when nobody listens: the job does not run. */
  static async to(folder: string, onProgress?: (progress: JobProgress) => void): Promise<JobConnection | null> {
    const stream = await connect(folder);
    if (!stream) return null;
    let onClose = (): void => undefined;
    const closed = new Promise<void>((resolve) => (onClose = resolve));
    const handlers = {
      'job/progress': ({ progress }: { progress: JobProgress }) => onProgress?.(progress),
      'job/ended': () => undefined,
    };
    const peer = createPeer<ServiceProtocol>({ stream, table: serviceMessages, side: 'plugin', name: 'job', handlers, onClose });
    return new JobConnection(peer, closed);
  }

  /** How far it is; its progress is told from now on. */
  async attach(): Promise<JobProgress> {
    return (await this.peer.request('job/attach', {})).progress;
  }

  async cancel(): Promise<void> {
    await this.peer.request('job/cancel', {});
  }

  async pause(): Promise<void> {
    await this.peer.request('job/pause', {});
  }

  async continue(): Promise<void> {
    await this.peer.request('job/continue', {});
  }

  close(): void {
    this.peer.close();
  }
}

/** Connects to a job's control socket; null when nobody listens. The path goes through /proc, since socket paths end at 108 bytes. */
async function connect(folder: string): Promise<Socket | null> {
  const directory = await open(folder, 'r').catch(() => null);
  if (!directory) return null;
  try {
    return await new Promise((resolve) => {
      const socket = new Socket();
      socket.once('error', () => resolve(null));
      socket.connect({ path: `/proc/self/fd/${directory.fd}/control.sock` }, () => resolve(socket));
    });
  } finally {
    await directory.close();
  }
}

import { randomUUID } from 'node:crypto';
import { DeviceGoneError, FailedError, StaleError } from '@diskwright/sdk/errors';
import { NbdClient, type SocketReader } from '@diskwright/sdk/nbd';
import type { Peer, PeerHandlers } from '@diskwright/sdk/rpc';
import { abortable } from '../../common/flow/abortable';
import type { ServiceProtocol } from '../../common/index';
import type { Tokens } from '../leases/tokens';
import type { DataHandler } from '../service/dataServer';

export interface PluginServingParts {
  /** The host; null once it is gone. */
  host(): Peer<ServiceProtocol> | null;
  tokens: Tokens<DataHandler>;
}

/** Something that a plugin serves. Whoever asked for it ends it with `release`, after the connection. */
export interface Served<Answer> {
  client: NbdClient;
  /** What the host says of it. */
  answer: Answer;
  release(): void;
}

/**
 * Has plugins serve what stands on no device as it is: contents of files that are compressed, devices in containers. The host finds the plugin, and what
 * it serves is a connection here.
 */
export class PluginServing {
  /** The connections that are awaited, by serving; null before the host has said that it comes. */
  private readonly awaited = new Map<string, Promise<SocketReader> | null>();

  constructor(private readonly parts: PluginServingParts) {}

  /**
   * @param path how it is called, for messages
   * @param ask asks the host to have it served as `servingId`
   * @throws what the host answers, DeviceGoneError without one
   */
  async open<Answer>(
    path: string,
    ask: (host: Peer<ServiceProtocol>, servingId: string) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Served<Answer>> {
    const host = this.parts.host();
    if (!host) {
      throw new DeviceGoneError(`${path} is read by a plugin, and the program that runs plugins has ended`, {
        device: path,
        todo: 'Open it again from a running Diskwright; a job that needs it can be gone on with.',
      });
    }
    const servingId = `serving-${randomUUID()}`;
    const release = (): void => void host.notify('serving/released', { servingId }).catch(() => undefined);
    this.awaited.set(servingId, null);
    try {
      const answer = await ask(host, servingId);
      const connected = this.awaited.get(servingId);
      if (!connected) throw new FailedError(`${path}: the host says that it is served, without a connection`);
      const client = await NbdClient.connect(await abortable(connected, signal), { device: path, signal });
      return { client, answer, release };
    } catch (error) {
      hangUp(this.awaited.get(servingId));
      release();
      throw error;
    } finally {
      this.awaited.delete(servingId);
    }
  }

  handlers(): PeerHandlers<ServiceProtocol> {
    return {
      'serving/connect': ({ servingId }) => {
        if (!this.awaited.has(servingId)) throw new StaleError('it is not wanted any more');
        // Of an attempt before, at a provider that went stale.
        hangUp(this.awaited.get(servingId));
        let connect: (reader: SocketReader) => void = () => undefined;
        const connected = new Promise<SocketReader>((resolve) => (connect = resolve));
        const token = this.parts.tokens.issue(async (reader) => connect(reader));
        if (!token) throw new FailedError('too many connections wait');
        this.awaited.set(servingId, connected);
        return { token };
      },
    };
  }
}

function hangUp(connected: Promise<SocketReader> | null | undefined): void {
  void connected?.then(({ socket }) => socket.destroy());
}

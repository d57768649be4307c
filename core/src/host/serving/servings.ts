import type { Socket } from 'node:net';
import type { SectorClient } from '../sector/sectorClient';

/**
 * What plugins serve for the sector service, by the ids that it gave: it asks for a serving when it opens such a device or content, and is connected with
 * the plugin. No byte of it passes through the host.
 */
export class Servings {
  /** Ends a serving. */
  private readonly release = new Map<string, () => void>();

  constructor(private readonly sector: Pick<SectorClient, 'request' | 'openData'>) {}

  /**
   * Has something served until the service has no more use for it.
   * @param hold keeps open what it is called with, until that resolves
   * @param begin has it served on a socket that it asks for
   * @returns what `begin` answers
   * @throws what both throw
   */
  serve<Opened, Answer>(
    servingId: string,
    hold: (use: (opened: Opened) => Promise<void>) => Promise<void>,
    begin: (opened: Opened, connect: () => Promise<Socket>) => Promise<Answer>,
  ): Promise<Answer> {
    const released = new Promise<void>((resolve) => this.release.set(servingId, resolve));
    return new Promise<Answer>((resolve, reject) => {
      const use = async (opened: Opened): Promise<void> => {
        resolve(await begin(opened, () => this.connect(servingId)));
        await released;
      };
      hold(use)
        .catch(reject)
        .finally(() => this.release.delete(servingId));
    });
  }

  /** The service has no more use for it. */
  end(servingId: string): void {
    this.release.get(servingId)?.();
  }

  private async connect(servingId: string): Promise<Socket> {
    const { token } = await this.sector.request('serving/connect', { servingId });
    return this.sector.openData(token);
  }
}

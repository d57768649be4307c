import type { Socket } from 'node:net';
import { StaleError } from '@diskwright/sdk/errors';
import type { VolumeProxy } from '@diskwright/sdk/runtime';
import type { ServiceParams } from '../../common';
import type { HeldProviders } from '../providers/heldProviders';
import type { ProviderBroker } from '../providers/providerBroker';
import { HOST } from '../providers/providerHandles';
import type { Servings } from '../serving/servings';

type Serving = ServiceParams<'content/serve'>;

/** Has providers serve what their volumes do not hold as it is. The volume stays open until the service has no more use for it. */
export class ServedContents {
  constructor(
    private readonly servings: Servings,
    private readonly broker: Pick<ProviderBroker, 'serve'>,
    private readonly held: HeldProviders,
  ) {}

  /**
   * Resolves when the provider serves.
   * @throws StaleError when the volume is another provider's by now; what opening it and the provider throw
   */
  serve(serving: Serving, signal?: AbortSignal): Promise<void> {
    const { servingId, deviceId, file } = serving;
    return this.servings.serve<VolumeProxy | null, void>(
      servingId,
      (use) => this.held.use(deviceId, file.partition, use, signal),
      (volume, connect) => this.begin(serving, volume, connect, signal),
    );
  }

  private async begin(
    { path, file }: Serving,
    volume: VolumeProxy | null,
    connect: () => Promise<Socket>,
    signal?: AbortSignal,
  ): Promise<void> {
    // What one provider calls a node is nothing to another.
    if (volume?.provider !== file.provider)
      throw new StaleError(`${path} is in a volume that another plugin reads by now`, { device: path, todo: 'Open it again.' });
    const { node, stream } = file;
    await this.broker.serve(HOST, { handle: volume.handle, node, stream }, await connect(), signal);
  }
}

import type { Secret } from '../containers/containerSecrets';
import type { VolumeRef } from '@diskwright/sdk/protocol';
import { type Call, TableProxy, VolumeProxy } from '@diskwright/sdk/runtime';
import type { OpenedContainer, ProviderBroker } from './providerBroker';
import { HOST } from './providerHandles';

/** An open container. */
export interface HeldContainer extends OpenedContainer {
  close(): Promise<void>;
}

/** Tables, volumes and containers for the host itself, by the same way as for plugins. Whoever opens closes. */
export class HostProviders {
  constructor(private readonly broker: ProviderBroker) {}

  /** Null when no provider knows the table. */
  async openTable(deviceId: string, signal?: AbortSignal): Promise<TableProxy | null> {
    const opened = await this.broker.openTable(HOST, deviceId, signal);
    return (
      opened &&
      new TableProxy(this.calls(signal), opened.handle, opened.provider, opened.type, () =>
        this.broker.close(HOST, opened.handle),
      )
    );
  }

  /** Null when no provider knows the volume. */
  async openVolume(volume: VolumeRef, signal?: AbortSignal): Promise<VolumeProxy | null> {
    const opened = await this.broker.openVolume(HOST, volume, signal);
    return (
      opened &&
      new VolumeProxy(this.calls(signal), opened.handle, opened.provider, opened.type, () =>
        this.broker.close(HOST, opened.handle),
      )
    );
  }

  /** Null when no provider knows the first volume as a member of a container. */
  async openContainer(volumes: readonly VolumeRef[], secret: Secret | null): Promise<HeldContainer | null> {
    const opened = await this.broker.openContainer(volumes, secret);
    return opened && { ...opened, close: () => this.broker.close(HOST, opened.handle) };
  }

  private calls(signal?: AbortSignal): Call {
    return (method, params) => this.broker.forward<typeof method>(HOST, method, params, signal);
  }
}

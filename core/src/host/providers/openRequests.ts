import type { ContainerDescription, Lease, PartitionTableKind } from '@diskwright/sdk/protocol';
import type { Secret } from '../containers/containerSecrets';
import type { PluginProcess } from '../plugins/pluginProcess';

/** Asks a provider, by its contribution's id, to open what lies under leases. A null type is that of what it does not take for its own. */
export type Ask<Type> = (
  process: PluginProcess,
  id: string,
  leases: Lease[],
  signal?: AbortSignal,
) => Promise<{ score: number; handle: string | null; type: Type | null }>;

export const askFilesystem: Ask<string> = (process, filesystem, [lease], signal) =>
  process.request('filesystem/open', { filesystem, lease: lease! }, signal);

export const askTable: Ask<PartitionTableKind> = (process, table, [lease], signal) =>
  process.request('partitionTable/open', { table, lease: lease! }, signal);

/** The passphrase is hidden in whatever the plugin prints. */
export const askContainer =
  (given: Secret | null): Ask<ContainerDescription> =>
  (process, container, leases, signal) => {
    const secret = given?.text ?? null;
    const keyFile = given?.keyFile?.toString('base64');
    process.log.hidden.add([secret ?? '', keyFile ?? '']);
    return process.request('container/open', { container, leases, secret, ...(keyFile !== undefined && { keyFile }) }, signal);
  };

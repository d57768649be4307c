import type { ByteRange } from '@diskwright/sdk/protocol';
import type {
  WorkbenchNotificationMethod,
  WorkbenchParams,
  WorkbenchRequestMethod,
  WorkbenchResult,
} from '../../common/workbench';
import type { Disposable, Event } from './events';

/** Bytes of a device as they were read. */
export interface ReadBytes {
  bytes: Uint8Array;
  /** Where nothing could be read: those bytes are zeros. Offsets from the start of the device, whole sectors. */
  unreadable: ByteRange[];
}

/**
 * `lost`: the host is being reached for again; requests wait. `ended`: the host has ended or this page was logged out, and nothing will work
 * any more.
 */
export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'ended';

/** The host behind this page. */
export interface HostConnection {
  readonly state: ConnectionState;
  readonly onDidChangeState: Event<ConnectionState>;
  /**
   * @param signal aborting it cancels the request at the host; the promise rejects with CancelledError at once
   * @throws DiskwrightError as the host threw it; PeerGoneError when the connection is lost meanwhile
   */
  request<M extends WorkbenchRequestMethod>(
    method: M,
    params: WorkbenchParams<M>,
    signal?: AbortSignal,
  ): Promise<WorkbenchResult<M>>;
  on<M extends WorkbenchNotificationMethod>(method: M, listener: (params: WorkbenchParams<M>) => void): Disposable;
  /** At most 1 MiB. @throws as {@link request} */
  readBytes(deviceId: string, range: ByteRange, signal?: AbortSignal): Promise<ReadBytes>;
}

import type { ByteRange } from '@diskwright/sdk/protocol';
import type {
  WorkbenchNotificationMethod,
  WorkbenchParams,
  WorkbenchRequestMethod,
  WorkbenchResult,
} from '../../common/workbench';
import type { Disposable, Event } from './events';

/** Bytes of a device or file as they were read. */
export interface ReadBytes {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where nothing could be read: those bytes are zeros. Offsets from the start of the device or file; of a device, whole sectors. */
  unreadable: ByteRange[];
}

/** The content of a file of a volume, or of one of its streams. */
export interface FileContentRef {
  deviceId: string;
  /** 0: the device as one volume. */
  partition: number;
  node: string;
  stream?: string;
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
  /** At most 1 MiB of a file as its reader sees it, decompressed; fewer at its end. @throws as {@link request} */
  readContent(file: FileContentRef, range: ByteRange, signal?: AbortSignal): Promise<ReadBytes>;
}

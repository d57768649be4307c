/** Where a page reaches the server that it came from. Pure: shared by page and server. */

/** The WebSocket of the protocol: binary messages that carry one byte stream of `Content-Length` frames. */
export const RPC_PATH = '/api/rpc';
/** `POST`: ends the session in all windows; the address with its token is void, too. */
export const LOGOUT_PATH = '/logout';
/** Of an answer with bytes: what could not be read and is zeros there, as `offset+length,offset+length`; missing when all could be read. */
export const UNREADABLE_HEADER = 'diskwright-unreadable';
/** Most bytes of one answer. */
export const MAXIMUM_READ_BYTES = 1024 * 1024;

/**
 * Status of an answer without bytes: the device has not answered yet, and is still being read. Asking for the same bytes again joins that read. So no
 * request waits for long: a browser has six connections for all of its windows, and a device that hangs must leave them to others.
 */
export const STILL_READING_STATUS = 202;

/** `GET`: raw bytes of a device. An error is JSON as {@link import('@diskwright/sdk/errors').WireError}. */
export function bytesPath(deviceId: string, offset: number, length: number): string {
  return `/api/devices/${encodeURIComponent(deviceId)}/bytes?offset=${offset}&length=${length}`;
}

/** `GET`: bytes of a file's content, or of one of its streams, decompressed; fewer at its end. Errors and patience as of {@link bytesPath}. */
export function contentBytesPath(
  { deviceId, partition, node, stream }: { deviceId: string; partition: number; node: string; stream?: string },
  offset: number,
  length: number,
): string {
  const query = new URLSearchParams({ partition: String(partition), node, offset: String(offset), length: String(length) });
  if (stream !== undefined) query.set('stream', stream);
  return `/api/devices/${encodeURIComponent(deviceId)}/content?${query.toString()}`;
}

/** Why the server ended a WebSocket. After `LoggedOut` a page need not try again; after all others it may. */
export const CloseCode = {
  /** The server ends. */
  GoingAway: 1001,
  /** What came is no message of the protocol. */
  ProtocolError: 1002,
  /** A message that was not binary. */
  UnsupportedData: 1003,
  /** The page does not read, or sends more than it may. */
  PolicyViolation: 1008,
  /** A message or frame larger than allowed. */
  TooLarge: 1009,
  InternalError: 1011,
  /** The session was ended. */
  LoggedOut: 4001,
} as const;

/** The bounds of one connection. A peer that does not keep them loses its connection, never the process at the other end. */
export interface RpcLimits {
  /** Longest header of a frame in bytes, the empty line included. */
  headerBytes: number;
  /** Longest body of a frame in bytes, either way. */
  frameBytes: number;
  /** Received messages that wait to be handled; at this number the socket is paused until half of them are done. */
  queuedMessages: number;
  /** Bytes of received messages that wait; as `queuedMessages`. */
  queuedBytes: number;
  /** Messages a second that the peer may send in the long run, four times as many at once; awaited answers are not counted. */
  messagesPerSecond: number;
  /** Bytes written but not yet taken by the peer above which its requests are not begun and its answers are held. */
  highWaterBytes: number;
  /** Messages written but not yet taken by the peer, as `highWaterBytes`: each costs kilobytes here, however small it is. */
  highWaterMessages: number;
  /** Bytes written but not yet taken by the peer, whoever wrote them; beyond this it counts as hung. */
  bufferedBytes: number;
  /** Answers, and whoever else waits for the peer to read; beyond this it asks without reading. Above what all of its and the own requests can be. */
  heldMessages: number;
  /** A peer for which something waits, and which takes nothing of it for so long, counts as hung. In milliseconds. */
  stalledMilliseconds: number;
  /** Requests of the peer that may be open at once, whether they run or wait to be begun; further ones are answered with an error. */
  runningRequests: number;
  /** How many requests may be answered with that error in a second, four times as many at once; a peer that goes on all the same loses its connection. */
  refusedPerSecond: number;
  /** Own requests on their way at once; further ones wait for a free place before they are sent. Below the peer's `runningRequests`. */
  outgoingRequests: number;
  /** How long a cancelled request waits for the peer's answer before it ends on this side alone, in milliseconds. */
  cancelGraceMilliseconds: number;
}

export const RPC_LIMITS: Readonly<RpcLimits> = {
  headerBytes: 1024,
  frameBytes: 1024 * 1024,
  queuedMessages: 256,
  queuedBytes: 4 * 1024 * 1024,
  messagesPerSecond: Infinity,
  highWaterBytes: 1024 * 1024,
  highWaterMessages: 256,
  bufferedBytes: 8 * 1024 * 1024,
  heldMessages: 512,
  stalledMilliseconds: 120_000,
  runningRequests: 256,
  refusedPerSecond: Infinity,
  outgoingRequests: 128,
  cancelGraceMilliseconds: 2000,
};

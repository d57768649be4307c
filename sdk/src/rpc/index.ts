/** JSON-RPC between the processes of Diskwright: bounded framing and typed, validated messages over vscode-jsonrpc. */
export { BoundedMessageReader } from './boundedReader';
export { BoundedMessageWriter } from './boundedWriter';
export { FrameDecoder } from './frameDecoder';
export { NewestOnly } from './newestOnly';
export { RPC_LIMITS, type RpcLimits } from './limits';
export { createPeer, type HandlerContext, type Peer, type PeerHandlers, type PeerOptions, type PeerSide } from './peer';

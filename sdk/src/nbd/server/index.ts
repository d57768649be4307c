/** What else than {@link NbdServerConnection} answers requests needs of the protocol. */
export { answer, refuse } from './commands';
export type { Negotiated } from './handshake';
export { ReplyWriter, type ReplySink } from './replyWriter';
export { readRequest, validateRequest, type RequestLimits } from './request';

/** The protocol between host and sector service. */
export { serviceMessages } from './generated/messages';
export * from './types';

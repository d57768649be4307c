import type { NetConnectOpts } from 'node:net';
import { InvalidInputError, NotSupportedError } from '../errors';

/** Where an NBD URI points (github.com/NetworkBlockDevice/nbd, doc/uri.md). */
export interface NbdAddress {
  connect: NetConnectOpts;
  /** UTF-8, without the slash before it; empty for the default export. */
  exportName: string;
}

const DEFAULT_PORT = 10809;

/** True for what {@link parseNbdUri} is to be asked about. */
export function isNbdUri(text: string): boolean {
  return /^nbds?(\+unix|\+vsock)?:\/\//i.test(text);
}

/**
 * Parses `nbd://host[:port]/export` and `nbd+unix:///export?socket=PATH`.
 * @throws InvalidInputError saying what is wrong, NotSupportedError for TLS and vsock
 */
export function parseNbdUri(text: string): NbdAddress {
  let url: URL;
  let exportName: string;
  try {
    url = new URL(text);
    exportName = decodeURIComponent(url.pathname.replace(/^\//, ''));
  } catch {
    throw new InvalidInputError(`${text} is not a valid NBD URI`, {
      device: text,
      todo: 'Write nbd://host:port/export or nbd+unix:///export?socket=PATH.',
    });
  }
  switch (url.protocol) {
    case 'nbd:':
      return { connect: { host: hostOf(url, text), port: url.port === '' ? DEFAULT_PORT : Number(url.port) }, exportName };
    case 'nbd+unix:':
      return { connect: { path: socketOf(url, text) }, exportName };
    default:
      throw new NotSupportedError(`${text}: only nbd: and nbd+unix: are supported, not ${url.protocol}`, { device: text });
  }
}

function hostOf(url: URL, text: string): string {
  if (url.hostname === '') throw new InvalidInputError(`${text} names no host`, { device: text });
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function socketOf(url: URL, text: string): string {
  const socket = url.searchParams.get('socket');
  if (!socket) throw new InvalidInputError(`${text} names no socket`, { device: text, todo: 'Add ?socket=PATH.' });
  return socket;
}

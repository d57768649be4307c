/** HTTP as it goes over the wire, for requests that no library would send. */
import { connect } from 'node:net';

const SILENCE_MILLISECONDS = 10_000;

export interface RawAnswer {
  status: number;
  /** Names in lower case; the last of several. */
  headers: Record<string, string>;
  body: string;
}

export interface RawRequest {
  method?: string;
  /** As it is sent: nothing is encoded or resolved. */
  target: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends one request to a port of the loopback address and reads until the server closes. */
export function rawHttp(port: number, { method = 'GET', target, headers = {}, body = '' }: RawRequest): Promise<RawAnswer> {
  const all: Record<string, string> = { host: `127.0.0.1:${port}`, connection: 'close', ...headers };
  if (body !== '') all['content-length'] = String(Buffer.byteLength(body));
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.once('error', reject);
    socket.setTimeout(SILENCE_MILLISECONDS, () =>
      socket.destroy(new Error(`${method} ${target}: the server does not close: ${text}`)),
    );
    socket.once('close', () => resolve(parse(text)));
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  });
}

function parse(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: rest.join('\r\n\r\n') };
}

/** Text as it is, over one TCP connection, for what is no proper HTTP. */
import { connect } from 'node:net';

const SILENCE_MILLISECONDS = 10_000;

export interface TextAnswer {
  /** Of each answer that came, in order. */
  statuses: number[];
  text: string;
}

/** Sends `text` to a port of the loopback address and reads until the server closes. */
export function rawText(port: number, text: string): Promise<TextAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.setTimeout(SILENCE_MILLISECONDS, () => socket.destroy(new Error(`the server does not close: ${answer}`)));
    // A server that refuses at once resets what is still being sent.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.once('close', () =>
      resolve({ statuses: [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status)), text: answer }),
    );
    socket.write(text, 'latin1');
  });
}

/** Lines of a request's head, with the empty one at its end. */
export const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;

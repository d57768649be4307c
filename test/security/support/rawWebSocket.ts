/** A WebSocket whose frames are made by hand, as no browser would make them. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { RPC_PATH } from '../../../core/src/common/workbench/endpoints';
import type { RunningWorkbench } from '../../support/workbench';
import { head } from './rawText';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  opcode: number;
  payload?: Buffer;
  /** The last of its message; it is by default. */
  final?: boolean;
  /** The first reserved bit, which compressed messages have. */
  compressed?: boolean;
  unmasked?: boolean;
}

/** RFC 6455, section 5.2. */
export function frame({ opcode, payload = Buffer.alloc(0), final = true, compressed, unmasked }: Frame): Buffer {
  const mask = unmasked ? null : randomBytes(4);
  const start = (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode;
  const maskBit = mask ? 0x80 : 0;
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = start;
  if (length < 126) header[1] = maskBit | length;
  else if (length < 65_536) {
    header[1] = maskBit | 126;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = maskBit | 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!mask) return Buffer.concat([header, payload]);
  const masked = Buffer.from(payload.map((byte, at) => byte ^ mask[at % 4]!));
  return Buffer.concat([header, mask, masked]);
}

/** A message of the protocol as the payload of a frame. */
export function message(body: string): Buffer {
  return Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

export interface RawWebSocket {
  socket: Socket;
  send(frame: Frame): Promise<void>;
  /** The code of the close frame that came before the connection ended; null when none did. */
  closed: Promise<number | null>;
}

/** Upgrades a connection as a page that is signed in; gone with the test. */
export async function openRawWebSocket(workbench: RunningWorkbench): Promise<RawWebSocket> {
  const socket = connect({ host: '127.0.0.1', port: workbench.port });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write(
    head(
      `GET ${RPC_PATH} HTTP/1.1`,
      `Host: 127.0.0.1:${workbench.port}`,
      `Origin: ${workbench.origin}`,
      `Cookie: ${workbench.cookie}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      'Sec-WebSocket-Extensions: permessage-deflate',
    ),
  );
  let received = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  const end = received.indexOf('\r\n\r\n');
  const answer = received.toString('latin1', 0, end);
  if (!answer.startsWith('HTTP/1.1 101')) throw new Error(`no upgrade: ${answer}`);
  if (/extensions/i.test(answer)) throw new Error(`compression was agreed to: ${answer}`);
  received = received.subarray(end + 4);
  const closed = new Promise<number | null>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      // The handshake of the end is not waited for.
      if (closeCode(received) !== null) socket.destroy();
    });
    socket.once('close', () => resolve(closeCode(received)));
  });
  const send = (given: Frame): Promise<void> =>
    new Promise((resolve) => {
      if (socket.destroyed) resolve();
      else socket.write(frame(given), () => resolve());
    });
  return { socket, send, closed };
}

/** Frames of a server are not masked; the close frame is its last one. */
function closeCode(bytes: Buffer): number | null {
  for (let at = 0; at + 2 <= bytes.length;) {
    const short = bytes[at + 1]! & 0x7f;
    const headerBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if ((bytes[at]! & 0x0f) === OPCODE.close) return length >= 2 ? bytes.readUInt16BE(at + headerBytes) : null;
    at += headerBytes + length;
  }
  return null;
}

/** A plugin that answers over JSON-RPC on descriptor 3, and says what it reads from sockets it is handed. */
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

const socket = new Socket({ fd: 3 });
const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
connection.onRequest('identity', () => ({
  uid: process.getuid?.(),
  file: __filename,
  environment: Object.keys(process.env).sort(),
}));
connection.onRequest('later', (milliseconds: number) => new Promise((resolve) => setTimeout(() => resolve('now'), milliseconds)));
connection.onRequest('readOwn', (name: string) => readFileSync(name, 'utf8'));
connection.onRequest('memory', () => process.memoryUsage().rss > 0);
connection.listen();

process.on('message', (message: { descriptor: string }, handle: Socket) => {
  handle.on('data', (data) => {
    void connection.sendNotification('received', { descriptor: message.descriptor, text: data.toString() });
    handle.write('answer');
  });
});

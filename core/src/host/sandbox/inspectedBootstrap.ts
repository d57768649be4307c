import { pluginBootstrap } from './pluginBootstrap';

/** What the host sends over the IPC channel, with a socket: the debugger's way to the process. */
export const INSPECTOR_MESSAGE = 'inspector';

/**
 * In a thread of its own, since the main one stands still at a breakpoint: what comes over the socket goes to the main thread's inspector, and its answers and
 * events go back. A line a message. `detached` ends the session, so that a main thread that stands still goes on.
 */
const worker = `'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const { Session } = require('node:inspector');
const { createInterface } = require('node:readline');
const { Socket } = require('node:net');
const socket = new Socket({ fd: workerData, readable: true, writable: true });
const send = (message) => socket.write(JSON.stringify(message) + '\\n');
let session = null;
const attach = () => {
  session = new Session();
  session.connectToMainThread();
  session.on('inspectorNotification', ({ method, params }) => send({ method, params }));
};
const answer = (id) => (error, result) => send(error ? { id, error } : { id, result });
createInterface({ input: socket }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'detached') {
    session.disconnect();
    attach();
  } else if (method === 'Runtime.runIfWaitingForDebugger') {
    send({ id, result: {} });
    parentPort.postMessage('run');
  } else session.post(method, params, answer(id));
});
attach();
send({ method: 'ready' });
`;

/** {@link pluginBootstrap} for a plugin that a debugger is attached to: its bundle is not run before the debugger says so. */
export const inspectedBootstrap = `'use strict';
{
  const { Worker } = require('node:worker_threads');
  const run = () => {
    ${pluginBootstrap}
  };
  process.once('message', (_, socket) => {
    // The thread reads it; this end only keeps it open.
    socket._handle.readStop();
    socket.pause();
    globalThis.__inspectorSocket = socket;
    const thread = new Worker(${JSON.stringify(worker)}, { eval: true, workerData: socket._handle.fd });
    thread.once('message', () => {
      thread.unref();
      run();
    });
  });
}`;

'use strict';
/**
 * What a hostile plugin would try from JavaScript. `attemptsOn(targets)` gives functions by name; each throws (or rejects) with
 * a `code` when it is stopped. The order matters: what destroys the plugin's own files comes last.
 */
const childProcess = require('node:child_process');
const dgram = require('node:dgram');
const fs = require('node:fs');
const inspector = require('node:inspector');
const net = require('node:net');
const { Worker } = require('node:worker_threads');

const openAndClose = (path, flags = 'r') => fs.closeSync(fs.openSync(path, flags));

const connect = (options) =>
  new Promise((resolve, reject) => {
    const socket = net.connect(options, () => socket.destroy(resolve()));
    socket.on('error', reject);
  });

const sendDatagram = (port) =>
  new Promise((resolve, reject) => {
    const socket = dgram.createSocket('udp4');
    socket.on('error', reject);
    socket.send('x', port, '127.0.0.1', (error) => (error ? reject(error) : socket.close(resolve)));
  });

const runInWorker = (code) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true });
    worker.on('message', (error) => (error ? reject(Object.assign(new Error(error), { code: error })) : resolve()));
    worker.on('error', reject);
  });

function spawnOrThrow(file) {
  const { error } = childProcess.spawnSync(file);
  if (error) throw error;
}

const spawnInWorker = `
  const { error } = require('node:child_process').spawnSync('/bin/true');
  require('node:worker_threads').parentPort.postMessage(error ? error.code : '');`;

function openInspector() {
  inspector.open(0, '127.0.0.1');
  const opened = inspector.url() !== undefined;
  if (!opened) throw Object.assign(new Error('not listening'), { code: 'EPERM' });
  inspector.close();
}

exports.attemptsOn = (targets) => ({
  'read /etc/shadow': () => fs.readFileSync('/etc/shadow'),
  'read a private file of another user': () => fs.readFileSync(targets.privateFile),
  'read a private file of its own user': () => fs.readFileSync(targets.userFile),
  'read a public file of another user': () => fs.readFileSync(targets.publicFile),
  'list the folders of the system': () => fs.readdirSync('/var'),
  'read the environment of another process': () => fs.readFileSync(`/proc/${targets.victim}/environ`),
  'read the memory of another process': () => openAndClose(`/proc/${targets.victim}/mem`),
  'list the connections of the machine': () => fs.readFileSync('/proc/self/net/unix'),
  'open the disk': () => openAndClose(targets.disk),
  'open a loop device': () => openAndClose('/dev/loop0'),
  'open the memory of the machine': () => openAndClose('/dev/mem'),
  'open a device that everybody may open': () => openAndClose('/dev/zero'),
  'open a device node made elsewhere': () => openAndClose(targets.deviceNode),
  'write to the temporary folder': () => fs.writeFileSync(`${targets.openFolder}/written-${process.pid}`, 'x'),
  'write to a file that everybody may write': () => fs.appendFileSync(targets.openFile, 'x'),
  'make a folder': () => fs.mkdirSync(`${targets.openFolder}/made-${process.pid}`),
  'watch a folder': () => fs.watch(targets.openFolder).close(),
  'connect to a TCP port': () => connect({ port: targets.tcpPort, host: '127.0.0.1' }),
  'connect to a unix socket': () => connect({ path: targets.unixSocket }),
  'connect to an abstract unix socket': () => connect({ path: targets.abstractSocket }),
  'listen on a TCP port': () =>
    new Promise((resolve, reject) => {
      const server = net.createServer().on('error', reject);
      server.listen(0, '127.0.0.1', () => server.close(resolve));
    }),
  'send a UDP datagram': () => sendDatagram(targets.udpPort),
  'open the inspector': openInspector,
  'spawn a program': () => spawnOrThrow('/bin/true'),
  'spawn Node itself': () => spawnOrThrow(process.execPath),
  'spawn a program from a worker': () => runInWorker(spawnInWorker),
  'signal the host': () => process.kill(process.ppid, 0),
  'kill a process of the same user': () => process.kill(targets.victim, 0),
  'read an inherited descriptor': () => fs.readSync(targets.inheritedDescriptor, Buffer.alloc(1)),
  'append to its own file': () => fs.appendFileSync(targets.ownFile, ' '),
  'change the mode of its own file': () => fs.chmodSync(targets.ownFile, 0o600),
  'write into its own folder': () => fs.writeFileSync(`${targets.ownFolder}/written`, 'x'),
  'truncate its own file': () => fs.truncateSync(targets.ownFile, 0),
  'delete its own file': () => fs.unlinkSync(targets.ownFile),
});

/** Makes every attempt and answers, by name, `allowed` or the code of the error. */
exports.makeAttempts = async (targets) => {
  const results = {};
  for (const [name, attempt] of Object.entries(exports.attemptsOn(targets))) {
    try {
      await attempt();
      results[name] = 'allowed';
    } catch (error) {
      results[name] = error.code ?? String(error);
    }
  }
  return results;
};

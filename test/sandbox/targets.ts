import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { pluginUid } from '../../core/src/host/sandbox/pluginIdentity';
import { hostUid, runByRoot, type Setting, type TestGround } from './sandbox';

/** What a hostile plugin goes for; all of it within reach of a process without a sandbox. */
export interface Targets {
  privateFile: string;
  publicFile: string;
  /** Private to the user that the plugin runs as: a key of theirs, say. */
  userFile: string;
  openFile: string;
  openFolder: string;
  disk: string;
  deviceNode: string;
  tcpPort: number;
  udpPort: number;
  unixSocket: string;
  abstractSocket: string;
  /** A process with the uid of the plugin. */
  victim: number;
  inheritedDescriptor: number;
  ownFile: string;
  ownFolder: string;
}

const OTHER_USER = 12345;

/** Sets the targets up, for a plugin made on this ground. */
export async function makeTargets(ground: TestGround, setting: Setting): Promise<Targets & { inheritedFile: number }> {
  const privateFile = ground.path('private');
  const publicFile = ground.path('public');
  const userFile = ground.path('user');
  const openFile = ground.path('open');
  const openFolder = ground.path('openFolder');
  const deviceNode = ground.path('device');
  for (const file of [privateFile, publicFile, userFile, openFile]) writeFileSync(file, 'secret');
  for (const file of [privateFile, userFile]) chmodSync(file, 0o600);
  chmodSync(openFile, 0o666);
  mkdirSync(openFolder);
  chmodSync(openFolder, 0o777);
  const user = pluginUser(setting);
  if (user !== undefined) chownSync(userFile, user, user);
  if (runByRoot) {
    execFileSync('chown', [`${OTHER_USER}:${OTHER_USER}`, privateFile, publicFile]);
    execFileSync('mknod', ['-m', '666', deviceNode, 'b', '7', '0']);
  }
  const inheritedFile = openSync(publicFile, 'r');
  ground.defer(() => closeSync(inheritedFile));

  const unixSocket = ground.path('socket');
  const abstractSocket = `\0${ground.folder}`;
  const tcp = await listen(ground, { port: 0, host: '127.0.0.1' });
  await listen(ground, { path: unixSocket });
  await listen(ground, { path: abstractSocket });
  chmodSync(unixSocket, 0o777);
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  ground.defer(() => void udp.close());
  await once(udp, 'listening');

  return {
    ...{ privateFile, publicFile, userFile, openFile, openFolder, deviceNode, unixSocket, abstractSocket, inheritedFile },
    disk: '/dev/vda',
    tcpPort: (tcp.address() as AddressInfo).port,
    udpPort: udp.address().port,
    victim: await startVictim(ground, setting),
    inheritedDescriptor: 40,
    ownFile: ground.path('plugin', 'main.cjs'),
    ownFolder: ground.path('plugin'),
  };
}

async function listen(ground: TestGround, options: object): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end());
  ground.defer(() => void server.close());
  server.listen(options);
  await once(server, 'listening');
  return server;
}

/** The uid that the plugin has; undefined where it is that of the test run. */
function pluginUser(setting: Setting): number | undefined {
  return setting.identity === 'root' ? pluginUid('test-plugin') : hostUid('user');
}

async function startVictim(ground: TestGround, setting: Setting): Promise<number> {
  const uid = pluginUser(setting);
  const victim = spawn('sleep', ['1000'], { stdio: 'ignore', uid, gid: uid });
  ground.defer(() => void victim.kill('SIGKILL'));
  await once(victim, 'spawn');
  return victim.pid!;
}

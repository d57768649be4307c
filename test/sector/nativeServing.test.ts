/** Files that native threads serve, when the file does not do what it should. */
import { existsSync } from 'node:fs';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { NbdClient, type NbdServerConnection, SocketReader } from '@diskwright/sdk/nbd';
import { socketPair } from '@diskwright/sdk/testing';
import { expect, onTestFinished, test } from 'vitest';
import { hangingRequests } from '../../core/src/sector/nodes/hangingRequests';
import { openNode } from '../../core/src/sector/nodes/openNode';
import { serveOnSocket } from '../../core/src/sector/nbd/serveOnSocket';
import type { BlockNode } from '../../core/src/sector/nodes/blockNode';
import { damagedExport } from '../support/damagedExport';
import { fuseFile } from '../support/nbdExport';
import { nbdkit } from '../support/nbdServer';
import { scratchFolder } from '../support/scratch';
import { serveNode } from '../support/serveNode';
import { must } from '../support/tool';
import { requireCondition, requireTool } from '../support/tools';

const MIB = 1024 * 1024;
const rights = { elevated: false, overlays: null };

function requireFuse(): void {
  requireTool('nbdkit', 'nbdfuse', 'fusermount3');
  requireCondition(existsSync('/dev/fuse'), 'needs /dev/fuse');
}

interface Served {
  client: NbdClient;
  connection: NbdServerConnection;
}

async function serve(node: BlockNode): Promise<Served> {
  const [socket, served] = await socketPair();
  onTestFinished(() => void socket.destroy());
  const connection = serveOnSocket(new SocketReader(served), { node });
  const client = await NbdClient.connect(socket, { kind: 'lease' });
  return { client, connection };
}

test('a bad sector is told with its offset, and what lies around it can be read', async () => {
  requireFuse();
  const folder = await scratchFolder();
  const image = join(folder, 'image');
  await writeFile(image, Buffer.alloc(4 * MIB, 7));
  const { uri } = await damagedExport(image, [{ offset: MIB + 8192, length: 4096 }]);
  const { node } = await openNode(await fuseFile(uri, folder), rights, { sectorSize: 512 });
  onTestFinished(() => node.dispose());
  const { client } = await serve(node);
  await expect(client.read(0, 4 * MIB)).rejects.toMatchObject({ code: 'MediaError', detail: { offset: MIB + 8192 } });
  expect((await client.read(0, MIB)).equals(Buffer.alloc(MIB, 7))).toBe(true);
});

test('a file that has become shorter fails where it ends now, not before', async () => {
  const image = join(await scratchFolder(), 'image');
  await writeFile(image, Buffer.alloc(2 * MIB, 7));
  const { node } = await openNode(image, rights);
  onTestFinished(() => node.dispose());
  const { client } = await serve(node);
  await truncate(image, MIB);
  expect((await client.read(0, MIB)).equals(Buffer.alloc(MIB, 7))).toBe(true);
  await expect(client.read(MIB / 2, MIB)).rejects.toThrow(/became shorter/);
});

test(
  'a request that hangs keeps neither its client, nor another device, nor a revocation; it is listed until it comes back',
  { tags: ['alone'] },
  async () => {
    requireFuse();
    const folder = await scratchFolder();
    const flag = join(folder, 'hangs');
    const read = `while [ -e ${flag} ]; do sleep 0.1; done; head -c $3 /dev/zero`;
    const { uri } = await nbdkit('eval', `get_size=echo ${MIB}`, `pread=${read}`, 'thread_model=echo parallel');
    const path = await fuseFile(uri, folder);
    const { node } = await openNode(path, rights, { sectorSize: 512 });
    await writeFile(flag, '');
    const answers = (): Promise<void> => rm(flag, { force: true });
    onTestFinished(answers);
    const { client, connection } = await serve(node);
    const hanging = client.read(0, 4096);
    const lost = expect(hanging).rejects.toMatchObject({ code: 'LeaseRevoked' });

    const other = join(folder, 'other');
    await writeFile(other, Buffer.alloc(MIB, 7));
    const { node: otherNode } = await openNode(other, rights);
    onTestFinished(() => otherNode.dispose());
    expect(await (await serve(otherNode)).client.read(0, 512)).toHaveLength(512);

    const revoked = connection.revoke();
    const asked = performance.now();
    await expect(client.read(8192, 512)).rejects.toMatchObject({ code: 'LeaseRevoked' });
    expect(performance.now() - asked).toBeLessThan(100);
    await revoked;
    await lost;
    const closed = node.dispose();
    expect(hangingRequests.list().map((request) => request.path)).toContain(path);
    await answers();
    await closed;
    expect(hangingRequests.list().map((request) => request.path)).not.toContain(path);
  },
);

test('a client that goes away while its request hangs leaves the connection closed', async () => {
  requireFuse();
  const folder = await scratchFolder();
  const flag = join(folder, 'hangs');
  const read = `while [ -e ${flag} ]; do sleep 0.1; done; head -c $3 /dev/zero`;
  const { uri } = await nbdkit('eval', `get_size=echo ${MIB}`, `pread=${read}`);
  const { node } = await openNode(await fuseFile(uri, folder), rights, { sectorSize: 512 });
  await writeFile(flag, '');
  const { client, connection } = await serve(node);
  const lost = expect(client.read(0, 4096)).rejects.toThrow();
  client.close();
  await connection.closed;
  await lost;
  await rm(flag);
  await node.dispose();
});

test('sixteen clients at once get the bytes of their ranges', async () => {
  requireTool('qemu-img', 'nbdcopy');
  const folder = await scratchFolder();
  const image = join(folder, 'image');
  const content = Buffer.alloc(16 * MIB);
  for (let offset = 0; offset < content.length; offset += 4) content.writeUInt32LE((offset * 2654435761) >>> 0, offset);
  content.fill(0, 3 * MIB, 5 * MIB);
  await writeFile(image, content);
  const { node } = await openNode(image, rights);
  const uri = await serveNode(node);
  const path = uri.slice(uri.indexOf('socket=') + 'socket='.length);
  const clients = await Promise.all(Array.from({ length: 16 }, () => NbdClient.connect(connect({ path }))));
  onTestFinished(() => clients.forEach((client) => client.close()));
  const wrong = await Promise.all(
    clients.flatMap((client, number) =>
      Array.from({ length: 32 }, async (_, turn) => {
        const length = 1 + ((number * 7919 + turn * 104_729) % (2 * MIB));
        const offset = (number * 1_299_709 + turn * 15_485_863) % (content.length - length);
        return (await client.read(offset, length)).equals(content.subarray(offset, offset + length)) ? 0 : 1;
      }),
    ),
  );
  expect(wrong.reduce<number>((sum, count) => sum + count, 0)).toBe(0);
  await must('qemu-img', 'compare', '-f', 'raw', '-F', 'raw', image, uri);
});

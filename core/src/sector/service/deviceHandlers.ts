import { checkRange } from '@diskwright/sdk/block';
import type { PeerHandlers } from '@diskwright/sdk/rpc';
import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import { isAbsolute } from 'node:path';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { OpenedDevice, ServiceProtocol } from '../../common/index';
import type { Claim, OpenedNode } from '../contracts';
import type { WritableNode } from '../nodes/blockNode';
import { readTolerantly } from '../nodes/readTolerantly';
import type { LeaseRegistry } from '../leases/leaseRegistry';
import { factsOf } from '../images/imageService';
import { removeOverlay } from '../overlay';
import { listDevices } from '../platform/enumerateLinux';
import type { DeviceTable } from './deviceTable';
import type { ExportRegistry } from './exportRegistry';
import type { ServiceContext } from './sectorContext';

export interface DeviceParts {
  context: ServiceContext;
  devices: DeviceTable;
  exports: ExportRegistry;
  leases: LeaseRegistry;
}

/** The messages about devices and their exports. */
export function deviceHandlers({ context, devices, exports, leases }: DeviceParts): PeerHandlers<ServiceProtocol> {
  return {
    'device/list': () => ({ devices: listDevices().slice(0, 4096) }),
    'device/open': ({ path, sectorSize, users }, { signal }) =>
      devices.open(path, sectorSize, signal, async (deviceId, opened, identity) => ({
        ...describe(deviceId, opened, identity),
        ...(users && (await usersOf(deviceId, opened))),
      })),
    'device/close': async ({ deviceId }) => {
      await devices.close(deviceId);
      return {};
    },
    'device/check': async ({ deviceId }) => ({ open: await devices.check(deviceId) }),
    'device/rest': ({ deviceId }) => {
      devices.rest(deviceId);
      return {};
    },
    'device/keep': ({ paths }) => {
      devices.keep(paths);
      return {};
    },
    'device/read': ({ deviceId, offset, length, unreadable }, { signal }) =>
      devices.using(deviceId, signal, async ({ node }) => {
        checkRange(offset, length, node.size, node.path);
        const bytes = unreadable
          ? (await readTolerantly(node, offset, length, signal)).bytes
          : await node.read(offset, length, signal);
        return { bytes: bytes.toString('base64') };
      }),
    'overlay/remove': async ({ name }) => {
      const opened = devices.under(name);
      const [use] = opened.flatMap(({ deviceId }) => exports.usageOf(deviceId, name));
      if (use) throw new RefusedError(use.text, { device: name, todo: 'Stop the export, then try again.' });
      for (const { deviceId, opened: overlay } of opened) {
        if (overlay) await leases.revokeOn(overlay.node);
        await devices.end(deviceId);
      }
      await removeOverlay(context.dataFolder, name);
      return {};
    },
    'export/start': async ({ deviceId, socketPath, writable }, { signal }) => {
      if (!isAbsolute(socketPath)) throw new InvalidInputError(`${socketPath} is no absolute path`);
      const opened = await devices.use(deviceId, signal);
      let top: WritableNode | null = null;
      let claim: Claim | null = null;
      const onClosed = async (): Promise<void> => {
        claim?.release();
        await top?.dispose();
        devices.done(deviceId);
      };
      try {
        if (writable) top = await context.openOverlayForWriting(opened);
        else claim = await context.claims.claim(opened, 'source', `the export at ${socketPath}`);
        const options = {
          node: top ?? opened.node,
          writable: top ?? undefined,
          description: opened.node.path,
          fastZero: top !== null,
        };
        return { exportId: await exports.start(socketPath, deviceId, options, onClosed) };
      } catch (error) {
        await onClosed();
        throw error;
      }
    },
    'export/stop': async ({ exportId }) => {
      await exports.stop(exportId);
      return {};
    },
  };

  async function usersOf(deviceId: string, opened: OpenedNode): Promise<Pick<OpenedDevice, 'usage' | 'writers'>> {
    const found = [...exports.usageOf(deviceId, opened.node.path), ...(await context.usageWithOwn(opened))].slice(0, 64);
    return {
      usage: found.map(({ text }) => text),
      writers: found.filter(({ writes }) => writes).map(({ text }) => text),
    };
  }

  function describe(deviceId: string, { node, readOnly, image, container }: OpenedNode, identity: DeviceIdentity): OpenedDevice {
    return {
      deviceId,
      path: node.path,
      size: node.size,
      sectorSize: node.sectorSize,
      physicalSectorSize: node.physicalSectorSize,
      readOnly,
      identity,
      ...(image && { image: { ...factsOf(image), snapshot: image.snapshot, files: image.files.map((file) => file.node.path) } }),
      ...(container && { container }),
    };
  }
}

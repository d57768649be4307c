import { createHash } from 'node:crypto';
import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import type { OpenedNode, OverlayOpener, SectorContext, Usage } from '../../core/src/sector/contracts';
import type { BlockNode, WritableNode } from '../../core/src/sector/nodes/blockNode';
import { createOverlayOpener } from '../../core/src/sector/overlay/index';

const EDGE_BYTES = 65536;

/** The parts of the sector service that plans need, with devices from a table instead of the system's. */
export interface TestContext {
  context: SectorContext;
  overlays: OverlayOpener;
  /** Path to device. What is not in it is opened as an overlay. */
  devices: Map<string, WritableNode>;
  /** Answers of `usage`, by path. */
  usage: Map<string, Usage[]>;
}

export function testContext(dataFolder: string): TestContext {
  const devices = new Map<string, WritableNode>();
  const usage = new Map<string, Usage[]>();
  const context: SectorContext = {
    dataFolder,
    elevated: false,
    claims: { claim: async () => ({ release: () => undefined }) },
    open: async (path) => {
      const device = devices.get(path);
      return device ? opened(undisposable(device), true) : opened(await overlays.open(path, false), true);
    },
    openForWriting: async (path) => opened(undisposable(devices.get(path)!), false),
    identify: ({ node }) => identify(node),
    usage: async ({ node }) => usage.get(node.path) ?? [],
    sameStorage: async (a, b) => (a.node.path === b.node.path ? 'they are the same' : null),
    folderLiesOn: async () => null,
  };
  const overlays = createOverlayOpener(context);
  return { context, overlays, devices, usage };
}

/** As the service identifies a device, for plans made by hand. */
export async function identify(node: BlockNode): Promise<DeviceIdentity> {
  const edge = Math.min(EDGE_BYTES, node.size);
  const hash = createHash('sha256')
    .update(await node.read(0, edge))
    .update(await node.read(node.size - edge, edge));
  return {
    kind: 'file',
    size: node.size,
    sectorSize: node.sectorSize,
    model: null,
    serial: null,
    fingerprint: hash.digest('hex'),
  };
}

function opened<N extends BlockNode>(node: N, readOnly: boolean): OpenedNode<N> {
  const storage = { kind: 'file', major: 0, minor: 0, inode: 0, size: node.size } as const;
  return { node, kind: 'file', model: null, serial: null, readOnly, notes: [], storage };
}

/** The table keeps its devices; whoever opens one may dispose of what it got. */
function undisposable<N extends BlockNode>(node: N): N {
  return new Proxy(node, {
    get: (target, key) => {
      if (key === 'dispose') return async () => undefined;
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

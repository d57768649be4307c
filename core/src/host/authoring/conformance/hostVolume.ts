import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { readToEnd, type VolumeProxy } from '@diskwright/sdk/runtime';
import type { ConformanceVolume } from '@diskwright/sdk/testing';
import type { KnownContent } from '../../contents/contentService';
import type { Host } from '../../host';
import { HOST } from '../../providers/providerHandles';

/** A volume as everybody sees it who reads it through the host: by the plugin in its sandbox, its contents by the engine. */
export async function hostVolume(host: Host, volume: VolumeProxy, signal: AbortSignal): Promise<ConformanceVolume> {
  const { node: root } = (await volume.lookup('/'))!;
  return {
    root,
    info: () => volume.info(),
    allocation: async () => {
      const { extents, ...rest } = await volume.allocation();
      if (!extents) return { ...rest, extents };
      const blob = await readToEnd(await host.devices.getBlob(extents), extents.bytes, signal);
      return { ...rest, extents: ExtentList.fromBlob(blob) };
    },
    check: () => volume.check(),
    readdir: (node) => volume.readdir(node, { metadata: true }),
    countByWalk: async () => {
      let count = 0;
      for await (const entries of volume.walkPages(root, { recursive: true })) count += entries.length;
      return count;
    },
    readlink: (node) => volume.readlink(node),
    streams: async (node) =>
      (await volume.streams(node)).map(({ value, ...stream }) =>
        value === undefined ? stream : { ...stream, value: Buffer.from(value, 'base64') },
      ),
    extentsOf: async (node) => (await volume.extentsOf(node)).extents,
    withContent: async (node, use) => {
      const content = await host.contents.openFor(HOST, { handle: volume.handle, node, name: `node ${node}` }, signal);
      try {
        return await use((offset, length) => readPiece(host, content, { offset, length }, signal));
      } finally {
        await host.contents.forget([content.contentId]);
      }
    },
  };
}

/** @throws Error where the bytes cannot be read */
async function readPiece(host: Host, content: KnownContent, range: ByteRange, signal: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.alloc(range.length);
  let at = 0;
  for await (const piece of host.contents.read(content, range, signal)) {
    if (piece.kind === 'unreadable') throw new Error(`${piece.length} bytes at ${range.offset + at} cannot be read`);
    if (piece.kind === 'data') piece.bytes.copy(bytes, at);
    at += piece.kind === 'data' ? piece.bytes.length : piece.length;
  }
  return bytes;
}

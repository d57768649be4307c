import { checkRange } from '@diskwright/sdk/block';
import type { PeerHandlers } from '@diskwright/sdk/rpc';
import type { CompareProgress, SearchProgress, ServiceProtocol } from '../../common';
import { native } from '../native';
import { compareNodes } from '../search/compareNodes';
import { compilePattern } from '../search/pattern/compilePattern';
import { searchNode } from '../search/searchNode';
import type { DeviceTable } from './deviceTable';

export interface SearchParts {
  devices: DeviceTable;
  /** Resolves when the host has done with it. */
  onSearchProgress(token: string, progress: SearchProgress, signal: AbortSignal): Promise<void>;
  onCompareProgress(token: string, progress: CompareProgress, signal: AbortSignal): Promise<void>;
}

/** Search and comparison. The devices stay open for as long as they are read. */
export function searchHandlers({ devices, onSearchProgress, onCompareProgress }: SearchParts): PeerHandlers<ServiceProtocol> {
  const using = async <T>(deviceIds: string[], action: () => Promise<T>): Promise<T> => {
    const retained: string[] = [];
    try {
      for (const deviceId of deviceIds) {
        devices.retain(deviceId);
        retained.push(deviceId);
      }
      return await action();
    } finally {
      await Promise.all(retained.map((deviceId) => devices.release(deviceId)));
    }
  };
  return {
    'search/check': ({ pattern }) => {
      compilePattern(pattern);
      return {};
    },
    'search/run': ({ token, deviceId, pattern, range: asked, limit }, { signal }) =>
      using([deviceId], async () => {
        const { node } = devices.get(deviceId);
        const range = asked ?? { offset: 0, length: node.size };
        checkRange(range.offset, range.length, node.size, node.path);
        const searcher = new native.Searcher(compilePattern(pattern));
        const onProgress = (progress: SearchProgress) => onSearchProgress(token, progress, signal);
        return searchNode(node, searcher, { range, limit, signal, onProgress });
      }),
    'compare/run': ({ token, left, right, length, limit }, { signal }) =>
      using([left.deviceId, right.deviceId], () => {
        const [a, b] = [left, right].map(({ deviceId, offset }) => ({ node: devices.get(deviceId).node, offset }));
        for (const { node, offset } of [a!, b!]) checkRange(offset, length, node.size, node.path);
        return compareNodes({
          left: a!,
          right: b!,
          length,
          limit,
          signal,
          onProgress: (progress) => onCompareProgress(token, progress, signal),
        });
      }),
  };
}

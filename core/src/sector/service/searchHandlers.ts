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
  return {
    'search/check': ({ pattern }) => {
      compilePattern(pattern);
      return {};
    },
    'search/run': ({ token, deviceId, pattern, range: asked, limit }, { signal }) =>
      devices.using(deviceId, signal, async ({ node }) => {
        const range = asked ?? { offset: 0, length: node.size };
        checkRange(range.offset, range.length, node.size, node.path);
        const searcher = new native.Searcher(compilePattern(pattern));
        const onProgress = (progress: SearchProgress) => onSearchProgress(token, progress, signal);
        return searchNode(node, searcher, { range, limit, signal, onProgress });
      }),
    'compare/run': ({ token, left, right, length, limit }, { signal }) =>
      devices.using(left.deviceId, signal, (a) =>
        devices.using(right.deviceId, signal, async (b) => {
          checkRange(left.offset, length, a.node.size, a.node.path);
          checkRange(right.offset, length, b.node.size, b.node.path);
          return compareNodes({
            left: { node: a.node, offset: left.offset },
            right: { node: b.node, offset: right.offset },
            length,
            limit,
            signal,
            onProgress: (progress) => onCompareProgress(token, progress, signal),
          });
        }),
      ),
  };
}

import type { HandlerFactory } from '../pages';

/** The files of volumes. What a window waits for is cancelled with it. */
export const volumeFileHandlers: HandlerFactory = ({ host }) => ({
  'volumeFiles/lookup': (params, { signal }) => host.volumeFiles.lookup(params, signal),
  'volumeFiles/list': (params, { signal }) => host.volumeFiles.list(params, signal),
  'volumeFiles/stat': (params, { signal }) => host.volumeFiles.stat(params, signal),
  'volumeFiles/streams': (params, { signal }) => host.volumeFiles.streams(params, signal),
  'volumeFiles/extents': (params, { signal }) => host.volumeFiles.extents(params, signal),
  'volumeFiles/record': (params, { signal }) => host.volumeFiles.record(params, signal),
  'volumeFiles/content': (params, { signal }) => host.volumeFiles.content(params, signal),
});

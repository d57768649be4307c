import type { FilesystemProvider } from '@diskwright/sdk';
import { probeNtfs } from './boot/probe';
import { NtfsFilesystem } from './ntfsFilesystem';

/** NTFS. */
export const ntfsProvider: FilesystemProvider = {
  probe: (source, { signal }) => probeNtfs(source, signal),
  open: (source, { signal }) => NtfsFilesystem.open(source, signal),
};

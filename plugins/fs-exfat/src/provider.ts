import type { FilesystemProvider } from '@diskwright/sdk';
import { ExfatFilesystem } from './exfatFilesystem';
import { probeExfat } from './probe';

export const exfatProvider: FilesystemProvider = {
  probe: (source, context) => probeExfat(source, context.signal),
  open: (source, context) => ExfatFilesystem.open(source, context.offset, context.signal),
};

/** The host in the test's own process, with the built sector service and plugins. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createHost, type Host } from '../../core/src/host/host';
import { projectFolder } from './cli';

/** Ends with the test. @param dataFolder its `DISKWRIGHT_HOME`; must exist */
export async function hostHere(dataFolder: string): Promise<Host> {
  const host = await startHost(dataFolder);
  onTestFinished(() => host.dispose());
  return host;
}

/** The same for several tests, which dispose of it. */
export async function startHost(dataFolder: string): Promise<Host> {
  process.env['DISKWRIGHT_DIST'] = join(projectFolder, 'dist');
  process.env['DISKWRIGHT_NATIVE'] = join(projectFolder, 'native', 'build', 'Release');
  return createHost({ dataFolder });
}

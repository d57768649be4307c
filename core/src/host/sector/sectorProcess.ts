import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PeerGoneError } from '@diskwright/sdk/errors';
import { ensureFolder } from '../paths';

/** How to reach a sector service that was just started. */
export interface StartedService {
  controlSocket: string;
  secret: string;
}

/** It makes no TLS connection; and Node would read a file of certificates at its start for longer than all else takes. */
const WITHOUT_CERTIFICATES = { NODE_EXTRA_CA_CERTS: undefined };

/**
 * Starts a sector service in a session of its own, so that a running job outlives this process and the terminal. The secret goes by its standard
 * input, never by arguments or environment; what it writes to stderr goes to `logs/sector.log` of the data folder.
 * @throws PeerGoneError when it ends before it listens
 */
export async function startSectorProcess(program: string, dataFolder: string): Promise<StartedService> {
  const secret = randomBytes(32).toString('hex');
  const log = openSync(join(ensureFolder(dataFolder, 'logs'), 'sector.log'), 'a', 0o600);
  const child = spawn(process.execPath, [program], {
    detached: true,
    stdio: ['pipe', 'pipe', log],
    env: { ...process.env, ...WITHOUT_CERTIFICATES },
  });
  closeSync(log);
  child.unref();
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new PeerGoneError('the sector service cannot be started');
  stdin.on('error', () => undefined);
  stdin.end(`${JSON.stringify({ secret, dataFolder })}\n`);
  const lines = createInterface({ input: stdout });
  const first = await new Promise<string | null>((resolve) => {
    lines.once('line', resolve);
    child.once('error', () => resolve(null));
    child.once('exit', () => resolve(null));
  });
  lines.close();
  stdout.destroy();
  if (first === null) {
    throw new PeerGoneError('the sector service ended before it could be reached', {
      todo: `Look at ${join(dataFolder, 'logs', 'sector.log')} for the reason.`,
    });
  }
  const { controlSocket } = JSON.parse(first) as { controlSocket: string };
  return { controlSocket, secret };
}

import { CancelledError } from '@diskwright/sdk/errors';
import { printableLines } from '../common/text/printable';
import { formatSize } from '../common/text/size';
import type { Host } from '../host/host';
import { deniedError, type MissingGrant } from '../host/plugins/grants/capabilityGrants';
import { layoutText } from '../host/text/layoutText';
import type { Application } from './application';
import { ask, hasTerminal } from './confirm';

const WORDS = { 'device.read': 'read', 'device.write': 'make plans that write' } as const;

/**
 * Asks on the terminal whether a plugin may use devices, with what is on them.
 * @param yes the user agreed beforehand
 * @returns what throws CapabilityDeniedError where nobody can be asked, and CancelledError when the user does not agree
 */
export function grantAsker(
  application: Application,
  host: Host,
  yes = false,
): (missing: readonly MissingGrant[]) => Promise<void> {
  return async (missing) => {
    if (yes) return missing.forEach((one) => application.message(`granted: ${inWords(one)}`));
    if (!hasTerminal()) throw deniedError(missing);
    for (const one of missing) {
      application.message(`${await contentOf(host, one, application.signal)}\n`);
      const { identity } = one.device;
      const which = [identity.model, identity.serial && `serial ${identity.serial}`, formatSize(identity.size)].filter(Boolean);
      const question = `${inWords(one)} (${which.join(', ')})?\nYou can take that back: diskwright plugin revoke ${one.plugin.id}`;
      if (!(await ask(printableLines(question), 'yes', application.signal)))
        throw new CancelledError('not granted; nothing was done');
    }
  };
}

function inWords({ plugin, capability, device }: MissingGrant): string {
  return `${plugin.manifest.displayName ?? plugin.id} (${plugin.id}, not from Diskwright) may ${WORDS[capability]} ${device.path}`;
}

async function contentOf(host: Host, { device }: MissingGrant, signal: AbortSignal): Promise<string> {
  try {
    const { deviceId } = await host.devices.open(device.path, undefined, signal);
    return layoutText(await host.layouts.read(deviceId, signal));
  } catch (error) {
    signal.throwIfAborted();
    return `What is on ${device.path} cannot be told: ${(error as Error).message}`;
  }
}

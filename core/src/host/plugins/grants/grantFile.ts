import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError } from '@diskwright/sdk/errors';
import { replaceFile } from '../../files/replaceFile';
import { withFileLock } from '../../settings/fileLock';

/** What the user granted a plugin. */
export interface PluginGrant {
  /** Those that are for no device are held by that; those of devices may be asked for. */
  capabilities: string[];
  /** By `deviceKey`. */
  devices: Record<string, { name: string; capabilities: string[] }>;
}
/** By plugin id. */
export type Grants = Readonly<Record<string, PluginGrant>>;

/** What the user granted plugins, in `pluginGrants.json` of the data folder. */
export class GrantFile {
  private readonly path: string;

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'pluginGrants.json');
  }

  /** @throws FailedError when the file cannot be read or is damaged */
  async read(): Promise<Grants> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw new FailedError(`${this.path} cannot be read: ${error.message}`);
    });
    try {
      const value = JSON.parse(text) as unknown;
      if (isGrants(value)) return value;
    } catch {
      // Falls through: the same answer for no JSON and for the wrong JSON.
    }
    throw new FailedError(`${this.path} is damaged, so nothing is granted to plugins`, {
      todo: 'Restore it, or remove it to be asked anew.',
    });
  }

  /** @param change gets what a plugin was granted so far, to change it; one that is left with nothing is forgotten */
  async change(id: string, change: (grant: PluginGrant) => void): Promise<Grants> {
    return withFileLock(this.path, async () => {
      const all = new Map(Object.entries(await this.read()));
      const grant = structuredClone(all.get(id)) ?? { capabilities: [], devices: {} };
      change(grant);
      grant.devices = Object.fromEntries(Object.entries(grant.devices).filter(([, device]) => device.capabilities.length > 0));
      if (grant.capabilities.length === 0 && Object.keys(grant.devices).length === 0) all.delete(id);
      else all.set(id, grant);
      const grants = Object.fromEntries(all);
      await replaceFile(this.path, `${JSON.stringify(grants, null, 2)}\n`, { flush: true });
      return grants;
    });
  }
}

function isGrants(value: unknown): value is Grants {
  return isObject(value) && Object.values(value).every(isGrant);
}

function isGrant(value: unknown): boolean {
  if (!isObject(value) || !isTexts(value['capabilities']) || !isObject(value['devices'])) return false;
  return Object.values(value['devices']).every(
    (device) => isObject(device) && typeof device['name'] === 'string' && isTexts(device['capabilities']),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

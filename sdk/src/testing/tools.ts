import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where administrators' tools lie, though an ordinary user's PATH may not say so. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

function isInstalled(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Those that cannot be found. */
export function missingTools(names: readonly string[]): string[] {
  return names.filter((name) => !isInstalled(name));
}

/**
 * Whether one of the tools that a test needs is missing, for `test.skipIf(toolsMissing('mkfs.fat'))`; says which on standard error.
 * @throws Error in CI (the variable CI is set): there a missing tool is a failure, not a reason to skip
 */
export function toolsMissing(...names: string[]): boolean {
  const missing = missingTools(names);
  if (missing.length === 0) return false;
  const message = `not installed: ${missing.join(', ')}`;
  if (process.env['CI']) throw new Error(`tests need a tool that is ${message}`);
  process.stderr.write(`skipped, ${message}\n`);
  return true;
}

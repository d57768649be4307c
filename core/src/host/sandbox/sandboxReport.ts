import { FailedError } from '@diskwright/sdk/errors';
import type { SandboxedProgram } from './sandboxCommand';

/** What the launcher achieved for one plugin's process. */
export interface SandboxReport {
  /** Landlock ABI of the kernel (0 = none), and the one in force. */
  landlock: { abi: number; used: number };
  /** System calls are filtered. */
  seccomp: boolean;
  /** The plugin's own user id; null = it runs as the host's user. */
  uid: number | null;
  /** It sees a filesystem of its own with nothing but its folder and the runtime. */
  namespaces: boolean;
  /** Node's permission model is on. */
  permissionModel: boolean;
  /** Private writable memory it may use, in bytes. */
  memoryLimit: number;
  /** What this system cannot do, a sentence each. */
  missing: string[];
  /** Of a plugin in another language: what runs it, and which libraries it may read for that. The host's word, not the launcher's. */
  program?: SandboxedProgram;
}

/** Reads the launcher's line. Throws a FailedError when it is not a whole report: the plugin has to count as unprotected then. */
export function parseSandboxReport(text: string): SandboxReport {
  const report = parseJson(text);
  if (!isSandboxReport(report)) {
    throw new FailedError('the plugin launcher did not say how the plugin is protected', {
      details: [text.slice(0, 500)],
      todo: 'Run "npm run build": launcher and host seem to be of different versions.',
    });
  }
  return report;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSandboxReport(value: unknown): value is SandboxReport {
  if (typeof value !== 'object' || value === null) return false;
  const report = value as Partial<Record<keyof SandboxReport, unknown>>;
  return (
    isLandlock(report.landlock) &&
    typeof report.seccomp === 'boolean' &&
    (report.uid === null || typeof report.uid === 'number') &&
    typeof report.namespaces === 'boolean' &&
    typeof report.permissionModel === 'boolean' &&
    typeof report.memoryLimit === 'number' &&
    Array.isArray(report.missing) &&
    report.missing.every((sentence) => typeof sentence === 'string')
  );
}

function isLandlock(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const landlock = value as { abi?: unknown; used?: unknown };
  return typeof landlock.abi === 'number' && typeof landlock.used === 'number';
}

import { memoryLimit } from '@diskwright/sdk';
import type { DerivationLimits } from './keyDerivation';

const MIB = 1024 * 1024;
/** About five minutes of a processor core each; cryptsetup makes keys that take two seconds. */
const WORK_LIMITS = { iterations: 500_000_000, workBytes: 64 * 1024 * MIB };
/** For all else that the plugin does. */
const OTHER_BYTES = 128 * MIB;
/** What LUKS2 allows. */
const MAX_ARGON2_BYTES = 4096 * MIB;

/** What keys may take in this process: all of its memory but what it works with. */
export function derivationLimits(): DerivationLimits {
  return { ...WORK_LIMITS, memoryBytes: Math.min(memoryLimit() - OTHER_BYTES, MAX_ARGON2_BYTES) };
}

import type { AllocationResult } from '@diskwright/sdk';
import { joinedGaps } from '@diskwright/sdk/clusters';
import type { Finding } from '@diskwright/sdk/protocol';
import type { FatScan } from './fatScan';
import type { FatGeometry } from './geometry';

/** Why nothing may be told about allocation: an inconsistent boot sector, or a volume that was not cleanly unmounted. */
export function unknownReasons(geometry: FatGeometry, unclean: readonly Finding[]): string[] {
  const errors = geometry.problems.filter((problem) => problem.severity === 'error');
  return [...errors, ...unclean].map((finding) => finding.message).slice(0, 64);
}

/**
 * The allocation that the scan of a clean, consistent volume gives. Bad clusters are left out, since they cannot be read; `info` and `check` name
 * them. The sectors behind the last cluster belong to nothing.
 */
export function allocationOf(scan: FatScan): AllocationResult {
  const reasons: string[] = [];
  if (scan.disputedClusters > 0)
    reasons.push(`the FATs disagree about ${scan.disputedClusters} clusters: what any of them calls used is taken as used`);
  if (scan.joinedGap > 0) reasons.push(joinedGaps(scan.joinedGap));
  return { confidence: reasons.length > 0 ? 'conservative' : 'exact', extents: scan.extents, reasons };
}

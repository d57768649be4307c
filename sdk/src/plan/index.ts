/** What commands that answer plans have in common. */
export { formatBytes } from './formatBytes';
export { PlanBuilder } from './planBuilder';
export { digestRanges, readableRanges } from './rangeDigest';
export { signatureWindows } from './signatureWindows';
export { contentOf, planVolumeCopy, structureOf, type VolumeCopy } from './volumeCopy';

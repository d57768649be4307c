/** Reading, writing and judging plan documents; no input or output of its own, so that host and sector service share it. */
export { canonicalJson, sha256 } from './canonicalJson';
export { checkPlan, PHASES } from './checkPlan';
export { copyOrder, extentsAligned, shiftOf, type CopyOrder } from './copyShape';
export { undoCommand, undoneJobOf } from './undoCommand';
export { encodePlan, MAX_PLAN_BYTES, parsePlan, type EncodedPlan } from './planDocument';
export { extentsRefOf, PlanSideFiles, writeLength, type SideFile, type SideFileReader } from './sideFiles';

/** Extent lists and what can be done with them. */
export { ExtentList, ExtentListBuilder } from './extentList';
export { ExtentListParser } from './extentListParser';
export { alignOutward, complement, intersect, shift, subtract, union } from './operations';
export { layoutGaps } from './layoutGaps';
export { rangesMeet } from './rangesMeet';
export { UsedBlocks } from './usedBlocks';
export { walkBitmap } from './bitmapRuns';

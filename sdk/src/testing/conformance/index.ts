/** The conformance kit: images by the format's own tools, what somebody else's reader says of them, and the comparison with what a provider says. */
export { checkRecipe, whyNot } from './checkRecipe';
export { type Comparison, compareVolume } from './compareVolume';
export { type Conformance, defineConformance, type Recipe } from './conformance';
export { type ConformanceVolume, volumeOf } from './conformanceVolume';
export { hashContent } from './content';
export { folderListing, type FolderListingOptions } from './folderListing';
export type { KernelExtent } from './kernelAnswers';
export { type ListedFile, type ListedTime, listedName, type Listing } from './listing';

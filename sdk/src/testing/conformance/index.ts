/** The conformance kit: images by the format's own tools, what somebody else's reader says of them, and the comparison with what a provider says. */
export { checkContainerRecipe, containerDifferences, memberPaths } from './checkContainerRecipe';
export { checkRecipe, RECIPE_TIMEOUT, whyNot } from './checkRecipe';
export { compareContainer, type ConformanceContainer, type ContainerComparison } from './compareContainer';
export { type Comparison, compareVolume } from './compareVolume';
export {
  type AnyRecipe,
  type Conformance,
  defineConformance,
  type FilePatch,
  type FileRange,
  type Mending,
  type Mutation,
  type Recipe,
} from './conformance';
export {
  type ContainerConformance,
  type ContainerListing,
  type ContainerRecipe,
  defineContainerConformance,
  leafFields,
  type ListedContent,
  listedContent,
  type ListedDevice,
  memberFields,
} from './containerConformance';
export { type ConformanceVolume, volumeOf } from './conformanceVolume';
export { comparedRanges, hashContent } from './content';
export { folderListing, type FolderListingOptions } from './folderListing';
export type { KernelExtent } from './kernelAnswers';
export { type ListedFile, type ListedTime, listedName, type Listing } from './listing';

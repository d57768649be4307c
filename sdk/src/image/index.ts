/** For providers of image formats: a disk read by the map of its image, tables kept within bounds. */
export { deviceMap } from './deviceMap';
export { findParent } from './findParent';
export { type ImageRun, RunList } from './imageRun';
export { JoinedMap } from './joinedMap';
export { MadeBlocks } from './madeBlocks';
export { type ImageMap, MappedImage } from './mappedImage';
export { rawImage, rawMap } from './rawImage';
export { TableCache } from './tableCache';
export { zeroMap } from './zeroMap';

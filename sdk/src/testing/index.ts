/** What tests of a plugin use: damaged images by the thousand, and a watch over what a parser reads. */
export { FileSource } from './fileSource';
export { fuzzParser, type FuzzOptions, type FuzzReport, type FuzzSeed } from './fuzz';
export { GuardedSource, type ReadLimits } from './guardedSource';
export { damage, writeInterestingInteger } from './mutations';
export { ScratchImage } from './scratchImage';
export { SeededRandom } from './seededRandom';
export { toolsMissing } from './tools';

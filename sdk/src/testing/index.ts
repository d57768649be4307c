/** For the tests of plugins: a host in memory, devices that go wrong, and what holds for every provider. */
export { checkAnswers } from './checkAnswers';
export { checkFilesystemProvider, type FilesystemProviderCheck } from './checkFilesystemProvider';
export { duplexPair } from './duplexPair';
export { FileSource } from './fileSource';
export { type Faults, faultySource } from './faultySource';
export { socketPair } from './socketPair';
export type { TestDevice } from './testDevices';
export { createTestHost, type TestCall, type TestHost, type TestHostOptions, type TestLogLine } from './testHost';
export { fuzzParser, type FuzzOptions, type FuzzReport, type FuzzSeed } from './fuzz';
export { GuardedSource, type ReadLimits } from './guardedSource';
export { damage, writeInterestingInteger } from './mutations';
export { ScratchImage } from './scratchImage';
export { SeededRandom } from './seededRandom';
export { toolsMissing } from './tools';
export { blkid, runTool, toolEnvironment, type ToolOptions, tryTool } from './runTool';
export { ImageFile } from './imageFile';

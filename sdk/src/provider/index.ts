/** What a plugin implements to provide a filesystem, a partition table, an image format or a container. */
export type { ChangeProposal, EncodedField, FieldEdit, Logger, ProviderContext, WriteProposal } from './common';
export type { ContainerContext, ContainerProvider, OpenContainer } from './containerProvider';
export { correctField, type FieldCorrection, type StructureCopy } from './correctField';
export { EntryColumns } from './entryColumns';
export { type EditableLayout, encodePlacedField, type PlacedLayout } from './encodePlacedField';
export type {
  AllocationResult,
  FileContent,
  Filesystem,
  FilesystemFiles,
  FilesystemProvider,
  ListOptions,
  NamedStream,
  RelocateResult,
  RelocateTarget,
  WalkOptions,
} from './filesystemProvider';
export { computeGeneration } from './generation';
export type { ImageContext, SiblingOptions, ImageDescription, ImageFormatProvider, OpenImage } from './imageFormatProvider';
export { notDirectory } from './notDirectory';
export { pathMatcher } from './pathMatcher';
export { PendingDirectories, type PendingDirectory } from './pendingDirectories';
export { type Effect, type Problem, ProblemList } from './problemList';
export type {
  NewTableRequest,
  OpenPartitionTable,
  PartitionTableProvider,
  RebuildOutcome,
  RebuildRequest,
} from './partitionTableProvider';
export { SharedResult } from './sharedResult';
export { type Utf16Name, utf16Name } from './utf16Name';

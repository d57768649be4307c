/** What a plugin implements to provide a filesystem or a partition table. */
export type { ChangeProposal, EncodedField, FieldEdit, Logger, ProviderContext, WriteProposal } from './common';
export { correctField, type FieldCorrection, type StructureCopy } from './correctField';
export { type EditableLayout, encodePlacedField, type PlacedLayout } from './encodePlacedField';
export type {
  AllocationResult,
  FileContent,
  Filesystem,
  FilesystemProvider,
  NamedStream,
  RelocateResult,
  RelocateTarget,
  WalkOptions,
} from './filesystemProvider';
export { computeGeneration } from './generation';
export type {
  NewTableRequest,
  OpenPartitionTable,
  PartitionTableProvider,
  RebuildOutcome,
  RebuildRequest,
} from './partitionTableProvider';

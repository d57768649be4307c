/** The types of the protocol, derived from the schemas; nothing of the schema library is left at run time. */
import type { Static } from 'typebox';
import type * as commands from './schemas/commands';
import type * as common from './schemas/common';
import type * as container from './schemas/container';
import type * as devices from './schemas/devices';
import type * as files from './schemas/files';
import type * as filesystem from './schemas/filesystem';
import type * as imageFormat from './schemas/imageFormat';
import type * as lifecycle from './schemas/lifecycle';
import type * as manifest from './schemas/manifest';
import type * as partitionTable from './schemas/partitionTable';
import type * as plan from './schemas/plan';

export type ByteRange = Static<typeof common.ByteRange>;
export type NamedRange = Static<typeof common.NamedRange>;
export type BlobRef = Static<typeof common.BlobRef>;
export type ExtentsRef = Static<typeof common.ExtentsRef>;
export type SectorSize = Static<typeof common.SectorSize>;
export type Lease = Static<typeof common.Lease>;
export type Finding = Static<typeof common.Finding>;
export type VolumeRef = Static<typeof common.VolumeRef>;
export type ProposedWrite = Static<typeof common.ProposedWrite>;

export type StructureField = Static<typeof lifecycle.StructureField>;
export type StructureInstance = Static<typeof lifecycle.StructureInstance>;
export type StructuresPage = Static<typeof lifecycle.StructuresPage>;
export type Progress = Static<typeof lifecycle.Progress>;

export type DeviceIdentity = Static<typeof devices.DeviceIdentity>;
export type DeviceDescription = Static<typeof devices.DeviceDescription>;
export type FilesystemSummary = Static<typeof devices.FilesystemSummary>;
export type Partition = Static<typeof devices.Partition>;
export type TableLayout = Static<typeof devices.TableLayout>;
export type ContainerSummary = Static<typeof devices.ContainerSummary>;
export type DeviceLayout = Static<typeof devices.DeviceLayout>;
export type PartitionTableKind = Static<typeof devices.PartitionTableKind>;

export type FilesystemInfo = Static<typeof filesystem.FilesystemInfo>;
export type Allocation = Static<typeof filesystem.Allocation>;
export type Generation = Static<typeof filesystem.Generation>;
export type NodeType = Static<typeof filesystem.NodeType>;
export type FilesystemNode = Static<typeof filesystem.Node>;
export type NodeMetadata = Static<typeof filesystem.NodeMetadata>;
export type FilesystemEntry = Static<typeof filesystem.Entry>;
export type EntryTable = Static<typeof filesystem.EntryTable>;
export type ContentSegment = Static<typeof filesystem.ContentSegment>;
export type Owner = Static<typeof filesystem.Owner>;
export type Change = Static<typeof filesystem.Change>;

export type NodeContents = Static<typeof filesystem.NodeContents>;
export type FolderOptions = Static<typeof files.FolderOptions>;
export type FolderEntry = Static<typeof files.FolderEntry>;
export type FolderProblem = Static<typeof files.FolderProblem>;
export type FolderReport = Static<typeof files.FolderReport>;
export type ContentRef = Static<typeof files.ContentRef>;
export type ContentResult = Static<typeof commands.ContentResult>;
export type ImageInfo = Static<typeof imageFormat.ImageInfo>;
export type ImageSnapshot = Static<typeof imageFormat.ImageSnapshot>;
export type ContainerDescription = Static<typeof container.ContainerDescription>;
export type ContainerDevice = Static<typeof container.ContainerDevice>;

export type PartitionChange = Static<typeof partitionTable.PartitionChange>;
export type RebuildParams = Static<typeof partitionTable.RebuildParams>;
export type RebuildResult = Static<typeof partitionTable.RebuildResult>;
export type PartitionOperation = Static<typeof partitionTable.PartitionOperation>;
export type NewTableKind = Static<typeof partitionTable.NewTableKind>;

/** What a command answers, as it travels. */
export type CommandAnswer = Static<typeof commands.CommandResult>;
/** What a command answers whole. */
export type CommandResult = Exclude<CommandAnswer, { kind: 'list' }>;
export type ResolveResult = Static<typeof commands.ResolveResult>;
export type ViewResult = Static<typeof commands.ViewResult>;
export type TreeNode = Static<typeof commands.TreeNode>;
export type ListColumn = Static<typeof commands.ListColumn>;
export type OpenList = Static<typeof commands.OpenList>;
export type ListEnd = Static<typeof commands.ListEnd>;
export type ListPage = Static<typeof commands.ListPage>;
export type CommandInput = Record<string, unknown>;

export type Phase = Static<typeof plan.Phase>;
export type Plan = Static<typeof plan.Plan>;
export type PlanDevice = Static<typeof plan.PlanDevice>;
export type Step = Static<typeof plan.Step>;
export type CopyStep = Static<typeof plan.CopyStep>;
export type WriteStep = Static<typeof plan.WriteStep>;
export type ZeroStep = Static<typeof plan.ZeroStep>;
export type DiscardStep = Static<typeof plan.DiscardStep>;
export type VerifyStep = Static<typeof plan.VerifyStep>;
export type AssertStep = Static<typeof plan.AssertStep>;

export type PackageJson = Static<typeof manifest.PackageJson>;
export type Manifest = Static<typeof manifest.Manifest>;
export type CommandContribution = Static<typeof manifest.CommandContribution>;
export type FilesystemContribution = Static<typeof manifest.FilesystemContribution>;
export type PartitionTableContribution = Static<typeof manifest.PartitionTableContribution>;
export type ImageFormatContribution = Static<typeof manifest.ImageFormatContribution>;
export type ContainerContribution = Static<typeof manifest.ContainerContribution>;
export type ViewContribution = Static<typeof manifest.ViewContribution>;
export type InputSchema = Static<typeof manifest.InputSchema>;
export type InputField = Static<typeof manifest.InputField>;
export type Magic = Static<typeof manifest.Magic>;

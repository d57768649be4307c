import type {
  CommandContribution,
  ContainerContribution,
  FilesystemContribution,
  ImageFormatContribution,
  Manifest,
  PartitionTableContribution,
  ViewContribution,
} from '@diskwright/sdk/protocol';
import type { ManifestProblem } from './manifestProblem';

/** A plugin package that can be started. */
export interface InstalledPlugin {
  /** Package name without `@diskwright/`; of other scopes `scope.name`. */
  id: string;
  version: string;
  /** The package's folder, absolute, symbolic links resolved. */
  folder: string;
  /** Its bundle; of a plugin in another language, the first file of the package that its `command` names. Absolute. */
  mainFile: string;
  manifest: Manifest;
  /** Of one that its author works on: tells its builds apart, which lie in the same folder. */
  build?: string;
}

/** A package that was found, good or bad. */
export interface PluginRecord {
  id: string;
  version: string;
  /** The package's name; empty when it says none. */
  name: string;
  /** As the package says; empty when it does not. */
  description: string;
  folder: string;
  /** `incompatible`: made for another version of Diskwright; `inactive`: whole, but something that it needs is missing; `blocked`: not to be started. */
  state: 'ready' | 'invalid' | 'incompatible' | 'inactive' | 'blocked';
  /** Null unless the state is `ready`. */
  plugin: InstalledPlugin | null;
  /** Empty when ready. */
  problems: ManifestProblem[];
  /** Something that the user has to know of it besides, a sentence. */
  note?: string;
}

/** A contribution together with the plugin that makes it. */
export interface Contributed<C> {
  plugin: InstalledPlugin;
  contribution: C;
}
export type ContributedCommand = Contributed<CommandContribution>;
export type ContributedFilesystem = Contributed<FilesystemContribution>;
export type ContributedImageFormat = Contributed<ImageFormatContribution>;
export type ContributedContainer = Contributed<ContainerContribution>;
export type ContributedView = Contributed<ViewContribution>;
export type ContributedTable = Contributed<PartitionTableContribution>;

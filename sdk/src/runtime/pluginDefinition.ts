import type {
  ContainerProvider,
  FilesystemProvider,
  ImageFormatProvider,
  Logger,
  PartitionTableProvider,
} from '../provider/index';
import type { CommandHandler } from './commandHandler';
import type { ViewHandler } from './viewHandler';

/** All that a plugin contributes in code, by the ids of its manifest's `contributes`. */
export interface PluginDefinition {
  commands?: Record<string, CommandHandler>;
  filesystems?: Record<string, FilesystemProvider>;
  partitionTables?: Record<string, PartitionTableProvider>;
  imageFormats?: Record<string, ImageFormatProvider>;
  containers?: Record<string, ContainerProvider>;
  views?: Record<string, ViewHandler>;
  /** Called once, before the first call is answered. Must be quick; absent: nothing is done. */
  activate?(context: { log: Logger }): Promise<void>;
  /** Throws when the plugin cannot work here. Run before an update is taken into use; absent: it can. */
  selfTest?(): Promise<void>;
}

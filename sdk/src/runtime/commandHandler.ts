import type { CommandInput, CommandResult, ListColumn, ListEnd, ResolveResult } from '../protocol/types';
import type { VolumeProxy } from './volumeProxy';
import type { Items } from './pagedItems';
import type { PluginContext } from './pluginContext';

/** A list of any length. The command's context is of use until it has ended: the user has seen all of it, or wants no more. */
export interface CommandList {
  title: string;
  columns: ListColumn[];
  /** See `OpenList` of the protocol: a field with the bytes of the line that the command line prints. */
  line?: string;
  /**
   * JSON objects, one by one or several at once, made as they are asked for; what the iterator returns is how it ended, without a word when nothing is to
   * be said. It must end when the context's signal aborts.
   */
  items?: Items<Record<string, unknown>, ListEnd | void>;
  /**
   * Instead of items: the entries of a walk of this volume, which then never pass through the plugin: the fastest way to show very many. `prefix` stands before
   * their paths, without a slash at its end.
   */
  walk?: { volume: VolumeProxy; node: string; recursive: boolean; prefix: string };
}
export interface ListResult {
  kind: 'list';
  list: CommandList;
}

/** Runs a command; listed in the manifest under `contributes.commands` by the same id. */
export interface CommandHandler {
  /**
   * Checks an input that may be incomplete, for form and command line alike: errors by field, defaults, choices, a preview. What is left out of
   * the answer is empty. Absent: the input schema alone decides. Must be quick and change nothing.
   */
  resolve?(input: CommandInput, context: PluginContext): Promise<Partial<ResolveResult>>;
  /**
   * Does it. The input is valid by the manifest's schema; strings of format `device` have become device ids, those of format `volume`
   * `{deviceId, partition}`, those of format `volumePath` `{deviceId, partition, path}`. Writes nothing: what shall be written is the plan that it answers.
   * @throws InvalidInputError, RefusedError … as the user is to be told
   */
  execute(input: CommandInput, context: PluginContext): Promise<CommandResult | ListResult>;
}

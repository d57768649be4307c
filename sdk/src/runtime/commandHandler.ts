import type { CommandInput, CommandResult, ResolveResult } from '../protocol/types';
import type { PluginContext } from './pluginContext';

/** Runs a command; listed in the manifest under `contributes.commands` by the same id. */
export interface CommandHandler {
  /**
   * Checks an input that may be incomplete, for form and command line alike: errors by field, defaults, choices, a preview. What is left out of
   * the answer is empty. Absent: the input schema alone decides. Must be quick and change nothing.
   */
  resolve?(input: CommandInput, context: PluginContext): Promise<Partial<ResolveResult>>;
  /**
   * Does it. The input is valid by the manifest's schema; strings of format `device` have become device ids, those of format `volume`
   * `{deviceId, partition}`. Writes nothing: what shall be written is the plan that it answers.
   * @throws InvalidInputError, RefusedError … as the user is to be told
   */
  execute(input: CommandInput, context: PluginContext): Promise<CommandResult>;
}

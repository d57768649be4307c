import { randomUUID } from 'node:crypto';
import { DiskwrightError, NotSupportedError } from '@diskwright/sdk/errors';
import type { CommandContribution, CommandInput, ResolveResult } from '@diskwright/sdk/protocol';
import { commandLine } from '../../common/commandLine/commandLine';
import type { DeviceService } from '../devices/deviceService';
import type { CapabilityGrants, MissingGrant } from '../plugins/grants/capabilityGrants';
import type { ContributedCommand } from '../plugins/pluginRecord';
import { missingGrants } from './commandGrants';
import { checkInput } from './commandInput';
import type { CommandRunner } from './commandService';
import { parseDeviceOrVolume } from './deviceName';
import { judgeWithDependents } from './dependentFields';
import { type DeviceField, deviceFields, type InputDevices, type Layouts, type OpenedField, withDevices } from './inputDevices';
import { volumeChoices } from './volumeChoices';

/** What a form is told of an input, and the command line that does the same; null while something is missing. */
export interface Resolution extends ResolveResult {
  commandLine: string | null;
}
type FieldError = ResolveResult['errors'][number];

const NOTHING: ResolveResult = { errors: [], defaults: {}, choices: {}, warnings: [], preview: null };
/** Errors about what was given; others (the plugin ended, it was cancelled) are no matter of the input. */
const ABOUT_INPUT = new Set(['InvalidInput', 'Refused', 'MediaError', 'DamagedStructure', 'NotSupported', 'DeviceGone', 'Stale']);

/** Judges inputs that may be incomplete: by the schema, by the devices as far as they can be opened, and by the plugin. */
export class CommandResolver {
  constructor(
    private readonly devices: DeviceService,
    private readonly inputDevices: InputDevices,
    private readonly layouts: Layouts,
    private readonly runner: CommandRunner,
    private readonly grants: CapabilityGrants,
  ) {}

  /** @throws PeerGoneError and such of the plugin, CancelledError; what is wrong with the input is in the answer */
  async resolve({ plugin, contribution }: ContributedCommand, given: CommandInput, signal?: AbortSignal): Promise<Resolution> {
    const { input, errors } = checkInput(contribution.input, given);
    const fields = deviceFields(contribution, input);
    const [opened, choices] = await Promise.all([
      this.openAll(contribution, fields, errors, signal),
      this.allChoices(fields, signal),
    ]);
    await this.grants.refresh();
    const missing = missingGrants(this.grants, plugin, opened);
    // What it may not use is as if it was not given yet.
    const withheld = opened.filter(({ device }) => missing.some((grant) => grant.device.path === device.path));
    const allowed = opened.filter((field) => !withheld.includes(field));
    const { input: resolved, named, deviceIds } = withDevices(contribution, input, allowed);
    const judge = (question: CommandInput): Promise<ResolveResult> => {
      const call = { command: contribution.id, input: question, named, progressToken: randomUUID() };
      return this.askPlugin(plugin.id, call, deviceIds, signal);
    };
    const { judged, proposed } = await judgeWithDependents(contribution, resolved, judge);
    const answered = missing.length > 0 ? withQuestions(judged, missing, withheld) : judged;
    const told = new Set(errors.map(({ field }) => field));
    const defaults = { ...schemaDefaults(contribution), ...answered.defaults, ...proposed };
    return {
      ...answered,
      errors: [...errors, ...answered.errors.filter(({ field }) => field === '' || !told.has(field))],
      defaults,
      choices: { ...choices, ...answered.choices },
      commandLine: commandLine(contribution, { ...defaults, ...given }),
    };
  }

  /** What cannot be opened or is in use is added to `errors`. */
  private async openAll(
    contribution: CommandContribution,
    fields: DeviceField[],
    errors: FieldError[],
    signal?: AbortSignal,
  ): Promise<OpenedField[]> {
    const opened = await Promise.all(
      fields.map(async (field) => {
        try {
          const found = await this.inputDevices.open(contribution, field, { signal });
          if (found.refusal) errors.push(asFieldError(field.field, found.refusal));
          return found;
        } catch (error) {
          if (signal?.aborted || !(error instanceof DiskwrightError)) throw error;
          errors.push(asFieldError(field.field, error));
          return null;
        }
      }),
    );
    return opened.filter((field) => field !== null);
  }

  /** For each field that names a volume, the volumes of its device, also while no partition is named. */
  private async allChoices(fields: DeviceField[], signal?: AbortSignal): Promise<ResolveResult['choices']> {
    const volumes = fields.filter(({ definition }) => definition.format === 'volume');
    const entries = await Promise.all(
      volumes.map(async ({ field, text }) => {
        try {
          const { device } = parseDeviceOrVolume(text);
          const { deviceId } = await this.devices.open(device, undefined, signal);
          return [[field, volumeChoices(device, await this.layouts.read(deviceId, signal))] as const];
        } catch (error) {
          if (signal?.aborted || !(error instanceof DiskwrightError)) throw error;
          return [];
        }
      }),
    );
    return Object.fromEntries(entries.flat());
  }

  private async askPlugin(
    pluginId: string,
    call: Parameters<CommandRunner['resolve']>[1],
    deviceIds: string[],
    signal?: AbortSignal,
  ): Promise<ResolveResult> {
    try {
      return await this.runner.resolve(pluginId, call, deviceIds, { signal });
    } catch (error) {
      if (error instanceof NotSupportedError) return NOTHING;
      if (!(error instanceof DiskwrightError) || !ABOUT_INPUT.has(error.code)) throw error;
      return { ...NOTHING, errors: [asFieldError('', error)] };
    }
  }
}

/** What was judged without the devices that the plugin may not use yet. */
function withQuestions(judged: ResolveResult, missing: readonly MissingGrant[], withheld: readonly OpenedField[]): ResolveResult {
  const wanted = missing.map(({ capability, device }) => `${capability === 'device.read' ? 'read' : 'write'} ${device.path}`);
  const { plugin } = missing[0]!;
  const name = plugin.manifest.displayName ?? plugin.id;
  const names = new Set(withheld.map(({ field }) => field));
  return {
    ...judged,
    errors: judged.errors.filter(({ field }) => field !== '' && !names.has(field)),
    preview: null,
    warnings: [`You have not allowed ${name} to ${wanted.join(' and to ')} yet. You are asked when you go on.`],
  };
}

function asFieldError(field: string, { message, detail: { todo } }: DiskwrightError): FieldError {
  return { field, message, ...(todo && { todo }) };
}

function schemaDefaults({ input }: CommandContribution): CommandInput {
  const entries = Object.entries(input.properties);
  return Object.fromEntries(
    entries.flatMap(([field, definition]) =>
      'default' in definition && definition.default !== undefined ? [[field, definition.default]] : [],
    ),
  );
}

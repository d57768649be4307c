import { InvalidInputError } from '@diskwright/sdk/errors';
import type { CommandContribution, ViewContribution } from '@diskwright/sdk/protocol';
import { missingGrants } from '../commands/commandGrants';
import {
  deviceFields,
  InputDevices,
  type Layouts,
  type OpenedField,
  type RunningJobs,
  withDevices,
} from '../commands/inputDevices';
import type { DeviceService } from '../devices/deviceService';
import type { PluginHost } from '../plugins';
import { deniedError, type MissingGrant } from '../plugins/grants/capabilityGrants';
import type { OpenPluginView, ViewPage } from '../plugins/openViews';
import type { ContributedView } from '../plugins/pluginRecord';
import { type ViewFiles, viewFiles } from './viewFiles';

/** A view that is shown: its page's files, and its part in the plugin. */
export interface OpenView extends OpenPluginView {
  readonly pluginId: string;
  readonly files: ViewFiles;
}

/** Views that plugins contribute, opened on what a user names. */
export class ViewService {
  private readonly inputDevices: InputDevices;

  constructor(
    private readonly plugins: Pick<PluginHost, 'registry' | 'capabilities' | 'openViews'>,
    devices: DeviceService,
    jobs: RunningJobs,
    layouts: Layouts,
  ) {
    this.inputDevices = new InputDevices(devices, jobs, layouts);
  }

  list(): ContributedView[] {
    return this.plugins.registry.views();
  }

  /**
   * Opens a view; whoever does closes it.
   * @param subject as the user names it; null for a view of nothing
   * @throws InvalidInputError for an unknown view or a wrong subject, CapabilityDeniedError where the plugin was not granted to read it, and what the
   * plugin says
   */
  async open(id: string, subject: string | null, page: ViewPage, signal?: AbortSignal): Promise<OpenView> {
    const { plugin, contribution } = this.find(id);
    const { capabilities } = this.plugins;
    const input = inputOf(contribution);
    const opened = await this.openSubject(contribution, subject, signal);
    await capabilities.refresh();
    const missing = missingGrants(capabilities, plugin, opened);
    if (missing.length > 0) throw deniedError(missing);
    const files = await viewFiles(plugin, contribution.entry);
    const { input: resolved, named, deviceIds } = withDevices(input, subject === null ? {} : { subject }, opened);
    const view = await this.plugins.openViews.open({ plugin, view: id, input: resolved, named, deviceIds }, page);
    return { ...view, pluginId: plugin.id, files };
  }

  /** What the plugin of a view has not been granted of its subject. @throws as {@link open} */
  async missingGrants(id: string, subject: string | null, signal?: AbortSignal): Promise<MissingGrant[]> {
    const { plugin, contribution } = this.find(id);
    await this.plugins.capabilities.refresh();
    return missingGrants(this.plugins.capabilities, plugin, await this.openSubject(contribution, subject, signal));
  }

  private async openSubject(
    contribution: ViewContribution,
    subject: string | null,
    signal: AbortSignal | undefined,
  ): Promise<OpenedField[]> {
    if ((subject === null) !== (contribution.subject === undefined))
      throw new InvalidInputError(
        contribution.subject
          ? `${contribution.title} is opened on a ${contribution.subject}`
          : `${contribution.title} is of nothing`,
      );
    if (subject === null) return [];
    const input = inputOf(contribution);
    const fields = deviceFields(input, { subject });
    return Promise.all(fields.map((field) => this.inputDevices.open(input, field, { signal })));
  }

  private find(id: string): ContributedView {
    const found = this.list().find(({ contribution }) => contribution.id === id);
    if (found) return found;
    throw new InvalidInputError(`there is no view "${id}"`, {
      todo: 'The plugin that brings it was removed or turned off: see Plugins.',
    });
  }
}

/** The subject of a view is named, opened and granted as a field of a command's input is. */
function inputOf({ subject }: ViewContribution): Pick<CommandContribution, 'input' | 'returns'> {
  const properties: CommandContribution['input']['properties'] = subject
    ? { subject: { type: 'string' as const, format: subject, access: 'read' as const } }
    : {};
  return { input: { type: 'object', properties }, returns: 'view' };
}

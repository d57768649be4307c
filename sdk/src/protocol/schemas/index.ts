/** Every message of the plugin protocol, by method. The build turns this table into validators and the meta model. */
import * as commands from './commands';
import * as container from './container';
import * as devices from './devices';
import * as files from './files';
import * as filesystem from './filesystem';
import * as imageFormat from './imageFormat';
import * as lifecycle from './lifecycle';
import { PackageJson } from './manifest';
import * as partitionTable from './partitionTable';
import { Plan } from './plan';
import { DeviceLayout } from './devices';
import * as views from './views';

export const messages = {
  ...lifecycle.messages,
  ...devices.messages,
  ...filesystem.messages,
  ...files.messages,
  ...partitionTable.messages,
  ...imageFormat.messages,
  ...container.messages,
  ...commands.messages,
  ...views.messages,
} as const;

/** Documents that are validated outside a message. */
export const documents = { plan: Plan, manifest: PackageJson, layout: DeviceLayout } as const;

/** A plugin from outside that reads devices, and makes plans that write them. */
import { join } from 'node:path';
import { bundle, manifest, packed, type TarEntry, writePackage } from './pluginPackages';

const device = (access: 'read' | 'write'): object => ({
  type: 'object',
  required: ['device'],
  properties: { device: { type: 'string', format: 'device', access, title: 'Device' } },
});
const cli = (word: string): object => ({ path: ['reader', word], positionals: ['device'] });

/** `reader first` answers the first byte, `reader watch` reads until it may not any longer, `reader wipe` makes a plan that writes the first sector. */
const TOOLS = { placement: ['tools'] };
const COMMANDS = [
  { id: 'reader.first', title: 'First byte', returns: 'value', input: device('read'), cli: cli('first'), ...TOOLS },
  { id: 'reader.watch', title: 'Read on and on', returns: 'value', input: device('read'), cli: cli('watch') },
  { id: 'reader.wipe', title: 'Wipe the first sector', returns: 'plan', input: device('write'), cli: cli('wipe') },
];

const SOURCE = `
  import { definePlugin } from '@diskwright/sdk';
  import { PlanBuilder } from '@diskwright/sdk/plan';
  const first = async (id, context) => {
    const source = await context.devices.lease(id);
    return (await source.read(0, 1, context.signal))[0];
  };
  export default definePlugin({
    commands: {
      'reader.first': { execute: async ({ device }, context) => ({ kind: 'value', value: { version: VERSION, byte: await first(device, context) } }) },
      'reader.watch': {
        execute: async ({ device }, context) => {
          const source = await context.devices.lease(device);
          context.progress('reading', 0);
          for (let offset = 0; ; offset = (offset + 1048576) % source.size) await source.read(offset, 512, context.signal);
        },
      },
      'reader.wipe': {
        execute: async ({ device }, context) => {
          const target = await context.devices.describe(device);
          const plan = new PlanBuilder(context, null, OTHER === null ? target : { ...target, path: OTHER });
          plan.zero([{ offset: 0, length: 512 }], 'first sector', 'wiped');
          return { kind: 'plan', plan: plan.build('Wipe', { id: 'reader.wipe', input: {} }, null) };
        },
      },
    },
  });
`;

/** What is in its package. @param capabilities that it asks for @param other what its plans write in the place of what it was given; null: that */
export async function readerEntries(version: string, capabilities: string[], other: string | null = null): Promise<TarEntry[]> {
  const mayPlan = capabilities.includes('device.write');
  const commands = COMMANDS.filter(({ returns }) => returns !== 'plan' || mayPlan);
  const section = { displayName: 'Reader', contributes: { commands }, capabilities };
  const source = SOURCE.replace('VERSION', JSON.stringify(version))
    .replace('OTHER === null', String(other === null))
    .replace('OTHER', JSON.stringify(other));
  return packed(manifest({ name: '@vendor/reader', version }, section), await bundle(source));
}

export async function readerPackage(folder: string, version: string, capabilities: string[], other?: string): Promise<string> {
  return writePackage(join(folder, `reader-${version}.tgz`), await readerEntries(version, capabilities, other));
}

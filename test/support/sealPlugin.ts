/** A plugin whose command has all that a form can have: choices that depend on another field, a list of objects, a secret, an error of its own. */
import { bundle, manifest, packed, writePackage } from './pluginPackages';
import { join } from 'node:path';

export const sealCommand = {
  id: 'vendor.seal',
  title: 'Seal a disk',
  description: 'Writes a header with slots, for a passphrase.',
  returns: 'plan',
  input: {
    type: 'object',
    required: ['target', 'passphrase'],
    properties: {
      target: { type: 'string', format: 'device', access: 'write', title: 'Disk' },
      family: { type: 'string', enum: ['block', 'stream'], default: 'block', title: 'Family' },
      cipher: { type: 'string', title: 'Cipher', dependent: true },
      rounds: { type: 'integer', title: 'Rounds', minimum: 1, dependent: true },
      slots: {
        type: 'array',
        title: 'Slots',
        items: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { type: 'string' },
            weight: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
            spare: { type: 'boolean', default: false },
          },
        },
      },
      passphrase: { type: 'string', format: 'secret', title: 'Passphrase' },
    },
  },
  cli: { path: ['seal'], positionals: ['target'] },
};

/** It logs what it is given, which no plugin should: what the host makes of that is a part of the test. */
const SOURCE = `
  import { createHash } from 'node:crypto';
  import { definePlugin } from '@diskwright/sdk';
  import { PlanBuilder } from '@diskwright/sdk/plan';
  const CIPHERS = { block: ['aes', 'serpent'], stream: ['chacha'] };
  const ROUNDS = { aes: 10, serpent: 32, chacha: 20 };
  const resolve = async ({ family, cipher, slots = [] }) => ({
    defaults: { cipher: CIPHERS[family][0], ...(cipher && { rounds: ROUNDS[cipher] }) },
    choices: { cipher: CIPHERS[family].map((value) => ({ value, label: value })) },
    errors: slots.length > 3 ? [{ field: 'slots', message: 'has ' + slots.length + ' items, and there are three slots', todo: 'Leave some out.' }] : [],
    warnings: [],
    preview: null,
  });
  const execute = async (input, context) => {
    const { target: id, passphrase, ...rest } = input;
    context.log.info('sealing with ' + passphrase);
    console.error('again: ' + JSON.stringify({ passphrase }));
    const target = await context.devices.describe(id);
    const header = Buffer.alloc(512);
    createHash('sha256').update(JSON.stringify([rest.family, rest.cipher, rest.rounds, rest.slots, passphrase])).digest().copy(header);
    const plan = new PlanBuilder(context, null, target);
    plan.write({ offset: 0, bytes: header.toString('base64'), structure: 'header', reason: 'sealed' });
    context.progress('sealing', 1, 1);
    return { kind: 'plan', plan: plan.build('Seal', { id: 'vendor.seal', input: {} }, null) };
  };
  export default definePlugin({ commands: { 'vendor.seal': { resolve, execute } } });
`;

export async function sealPackage(folder: string): Promise<string> {
  const section = {
    displayName: 'Seal',
    contributes: { commands: [sealCommand] },
    capabilities: ['device.read', 'device.write'],
  };
  const entries = packed(manifest({ name: '@vendor/seal' }, section), await bundle(SOURCE));
  return writePackage(join(folder, 'seal.tgz'), entries);
}

import type { CommandHandler, PluginContext } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { digestRanges, PlanBuilder } from '@diskwright/sdk/plan';
import { attributesOf, readCopy, type TableCopy, withAttributes } from './gpt';

/** Of UEFI 2.10, table 5-8, and, from 48 on, of Microsoft's for basic data. */
const BITS = { legacyBoot: 2n, readOnly: 60n, hidden: 62n, noAutomount: 63n } as const;
type Attribute = keyof typeof BITS;

interface Input extends Record<Attribute, boolean> {
  /** The device's id: what the user wrote stands in `context.named.disk`. */
  disk: string;
  partition: number;
}

interface Change {
  copies: TableCopy[];
  before: bigint;
  after: bigint;
}

/** Both copies of the table, backup first, and what becomes of the attributes. @throws InvalidInputError for a partition that there is not */
async function changeOf({ disk, partition, ...wanted }: Input, { devices, signal }: PluginContext): Promise<Change> {
  const source = await devices.lease(disk);
  const primary = await readCopy(source, source.sectorSize, signal);
  const backup = await readCopy(source, primary.otherOffset, signal);
  const before = attributesOf(primary, partition);
  if (before === null) throw new InvalidInputError(`there is no partition ${partition}`, { todo: 'See: diskwright layout DISK' });
  const names = Object.keys(BITS) as Attribute[];
  const after = names.reduce((bits, name) => (wanted[name] ? bits | (1n << BITS[name]) : bits & ~(1n << BITS[name])), before);
  return { copies: [backup, primary], before, after };
}

function inWords(attributes: bigint): string {
  const set = Object.entries(BITS).flatMap(([name, bit]) => (attributes & (1n << bit) ? [name] : []));
  return set.join(', ') || 'none';
}

/** Answers the plan, which the user looks at first. */
export const attributesCommand: CommandHandler = {
  /** Called while a form is filled in: what would be done, or what is wrong. */
  async resolve(given, context) {
    const input = given as unknown as Partial<Input>;
    if (input.disk === undefined || input.partition === undefined) return {};
    try {
      const { before, after } = await changeOf(input as Input, context);
      return { preview: `Attributes of partition ${input.partition}: ${inWords(before)} → ${inWords(after)}` };
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return { errors: [{ field: 'partition', message: error.message }] };
    }
  },

  async execute(given, context) {
    const input = given as unknown as Input;
    const { devices, named, signal } = context;
    const { copies, before, after } = await changeOf(input, context);
    const plan = new PlanBuilder(context, null, await devices.describe(input.disk));
    // Stale as soon as either table is another.
    const ranges = copies.flatMap(({ offset, sector, entriesOffset, entries }) => [
      { offset, length: sector.length },
      { offset: entriesOffset, length: entries.length },
    ]);
    ranges.sort((a, b) => a.offset - b.offset);
    plan.assert(0, ranges, await digestRanges(await devices.lease(input.disk), ranges, signal), 'GPT');
    for (const [index, copy] of copies.entries()) {
      const structure = index === 0 ? 'backup GPT' : 'GPT';
      const reason = `attributes of partition ${input.partition}: ${inWords(before)} → ${inWords(after)}`;
      for (const { offset, bytes } of withAttributes(copy, input.partition, after))
        plan.write({ offset, bytes: bytes.toString('base64'), structure, reason });
    }
    const { disk: _, ...rest } = input;
    const command = { id: 'example.gptAttributes', input: { disk: named['disk'], ...rest } };
    return { kind: 'plan', plan: plan.build(`Set attributes of partition ${input.partition}`, command, null) };
  },
};

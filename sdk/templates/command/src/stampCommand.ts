import type { CommandHandler, LeasedSource } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import { digestRanges, PlanBuilder } from '@diskwright/sdk/plan';

interface StampInput {
  /** The device's id: what the user wrote stands in `context.named.target`. */
  target: string;
  text: string;
}

/** The boot code of a master boot record, before the disk's signature. */
const BOOT_CODE = { offset: 0, length: 440 };
const TEXT = /^[A-Za-z0-9 ]{1,32}$/;
const TEXT_TODO = 'Use 1 to 32 letters, digits and spaces.';

async function hasBootCode(lease: LeasedSource, signal: AbortSignal): Promise<boolean> {
  const bytes = await lease.read(BOOT_CODE.offset, BOOT_CODE.length, signal);
  return bytes.some((byte) => byte !== 0);
}

/** Puts a text into an empty boot code area. It writes nothing itself: it answers the plan, which the user looks at first. */
export const stampCommand: CommandHandler = {
  /** Called while the user fills in the form: what is wrong so far, and what would be done. */
  async resolve(input) {
    const { text } = input as Partial<StampInput>;
    if (text === undefined || TEXT.test(text)) return {};
    return { errors: [{ field: 'text', message: `"${text}" cannot be written`, todo: TEXT_TODO }] };
  },

  async execute(input, context) {
    const { target, text } = input as unknown as StampInput;
    if (!TEXT.test(text)) throw new RefusedError(`"${text}" cannot be written`, { todo: TEXT_TODO });
    const { devices, named, signal } = context;
    const device = await devices.describe(target);
    const lease = await devices.lease(target, { offset: 0, length: 512 });
    if (await hasBootCode(lease, signal))
      throw new RefusedError(`${named['target']} has boot code already`, { todo: 'Choose a disk that nothing boots from.' });
    const plan = new PlanBuilder(context, null, device);
    // The plan is refused when the area is no longer as it was when the plan was made.
    plan.assert(0, [BOOT_CODE], await digestRanges(lease, [BOOT_CODE], signal), 'boot code');
    const bytes = Buffer.alloc(BOOT_CODE.length);
    bytes.write(text, 'latin1');
    const structure = 'boot code area';
    plan.write({ offset: 0, bytes: bytes.toString('base64'), structure, reason: `it gets the text "${text}"` });
    const command = { id: 'example-name.stamp', input: { target: named['target'], text } };
    return { kind: 'plan', plan: plan.build(`Write "${text}" to ${named['target']}`, command, null) };
  },
};

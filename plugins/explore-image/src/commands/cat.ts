import type { CommandHandler } from '@diskwright/sdk';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { openPlace, type VolumePath } from '../place/openPlace';

interface Input {
  place: VolumePath;
  stream?: string;
  offset?: number;
  length?: number;
}

/** `cat`: the bytes of a file. */
export const cat: CommandHandler = {
  async execute(input, context) {
    const { place: named, stream, offset = 0, length } = input as unknown as Input;
    const { volume, node, named: title } = await openPlace(context, 'place', named, { followLast: true });
    if (node.type !== 'file' && stream === undefined) {
      throw new RefusedError(`${title} is no file with bytes to show`, { todo: 'Look at it with "diskwright stat".' });
    }
    const content = await volume.openContent(node.node, title, stream);
    if (offset > content.size)
      throw new InvalidInputError(`${title} ends at byte ${content.size}, so there is nothing at ${offset}`);
    const rest = content.size - offset;
    return { kind: 'content', content: { ...content, title, offset, length: Math.min(length ?? rest, rest) } };
  },
};

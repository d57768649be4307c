import type { ViewHandler } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { isEmpty, piecesOf } from './zeros';

const PIECES = 256;

/** What the page in `view` asks for, as long as it is shown. */
export const zerosView: ViewHandler = {
  async open({ subject, devices }) {
    const lease = await devices.lease(subject as string);
    const pieces = piecesOf(lease, PIECES);
    return {
      requests: {
        describe: () => pieces,
        isEmpty: (piece, signal) => {
          // What comes from a page is anything.
          if (!Number.isInteger(piece) || (piece as number) < 0 || (piece as number) >= pieces.count)
            throw new InvalidInputError(`there is no piece ${String(piece)}`);
          return isEmpty(lease, piece as number, pieces, signal);
        },
      },
    };
  },
};

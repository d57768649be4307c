import { type CommandHandler, MapRuns } from '@diskwright/sdk';
import { isEmpty, piecesOf } from './zeros';

interface ZerosInput {
  /** The device's id: what the user wrote stands in `context.named.source`. */
  source: string;
  pieces: number;
}

/** A map of equal pieces of a device: those that hold only zeros, and those that hold anything else. Diskwright draws it. */
export const zerosCommand: CommandHandler = {
  async execute(input, { devices, named, progress, signal }) {
    const { source, pieces: wanted } = input as unknown as ZerosInput;
    const lease = await devices.lease(source);
    const pieces = piecesOf(lease, wanted);
    const runs = new MapRuns();
    for (let piece = 0; piece < pieces.count; piece++) {
      progress('reading', piece * pieces.pieceBytes, lease.size);
      runs.add((await isEmpty(lease, piece, pieces, signal)) ? 'zeros' : 'data');
    }
    const legend = [
      { id: 'zeros', label: 'only zeros' },
      { id: 'data', label: 'anything else' },
    ];
    const title = `Zeros of ${named['source']}`;
    const place = { offset: 0, unitBytes: pieces.pieceBytes };
    return {
      kind: 'view',
      view: { view: 'map', title, unit: `piece of ${pieces.pieceBytes} bytes`, legend, runs: runs.runs, place },
    };
  },
};

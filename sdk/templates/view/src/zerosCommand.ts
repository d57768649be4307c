import { type CommandHandler, type LeasedSource, MapRuns } from '@diskwright/sdk';

interface ZerosInput {
  /** The device's id: what the user wrote stands in `context.named.source`. */
  source: string;
  pieces: number;
}

const READ_BYTES = 1024 * 1024;

async function onlyZeros(source: LeasedSource, start: number, end: number, signal: AbortSignal): Promise<boolean> {
  for (let at = start; at < end; at += READ_BYTES) {
    const bytes = await source.read(at, Math.min(READ_BYTES, end - at), signal);
    if (bytes.some((byte) => byte !== 0)) return false;
  }
  return true;
}

/** A map of equal pieces of a device: those that hold only zeros, and those that hold anything else. */
export const zerosCommand: CommandHandler = {
  async execute(input, { devices, named, progress, signal }) {
    const { source, pieces } = input as unknown as ZerosInput;
    const lease = await devices.lease(source);
    const unitBytes = Math.max(lease.sectorSize, Math.ceil(lease.size / pieces));
    const units = Math.ceil(lease.size / unitBytes);
    const runs = new MapRuns();
    for (let unit = 0; unit < units; unit++) {
      const start = unit * unitBytes;
      progress('reading', start, lease.size);
      runs.add((await onlyZeros(lease, start, Math.min(start + unitBytes, lease.size), signal)) ? 'zeros' : 'data');
    }
    const legend = [
      { id: 'zeros', label: 'only zeros' },
      { id: 'data', label: 'anything else' },
    ];
    const title = `Zeros of ${named['source']}`;
    const place = { offset: 0, unitBytes };
    return { kind: 'view', view: { view: 'map', title, unit: `piece of ${unitBytes} bytes`, legend, runs: runs.runs, place } };
  },
};

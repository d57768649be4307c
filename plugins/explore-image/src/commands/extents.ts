import { type CommandHandler, leaseVolume } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { ContentSegment, ListColumn } from '@diskwright/sdk/protocol';
import { openPlace, type Place, type VolumePath } from '../place/openPlace';

const COLUMNS: ListColumn[] = [
  { field: 'fileOffset', title: 'In the file', kind: 'bytes', width: 16 },
  { field: 'length', title: 'Length', kind: 'bytes', width: 16 },
  { field: 'offset', title: 'In the volume', kind: 'bytes', width: 16 },
  { field: 'deviceOffset', title: 'On the device', kind: 'bytes', width: 16 },
  { field: 'kind', title: 'What', kind: 'text' },
];

/** `extents`: where the bytes of a file lie, in the order of the file. */
export const extents: CommandHandler = {
  async execute(input, context) {
    const { place: named, stream } = input as unknown as { place: VolumePath; stream?: string };
    const place = await openPlace(context, 'place', named, { followLast: false });
    const lease = await leaseVolume(context, named);
    const { offset } = lease;
    await lease.dispose();
    const title = `Extents of ${place.named}`;
    return { kind: 'list', list: { title, columns: COLUMNS, items: runsOf(place, stream, offset) } };
  },
};

async function* runsOf(
  { volume, node, named }: Place,
  stream: string | undefined,
  start: number,
): AsyncGenerator<Record<string, unknown>> {
  if (stream !== undefined && stream === '') throw new InvalidInputError(`${named}: a stream has a name`);
  let fileOffset = 0;
  for await (const segment of volume.contentOf(node.node, stream)) {
    const length = segment.kind === 'inline' ? Buffer.byteLength(segment.bytes, 'base64') : segment.length;
    yield { fileOffset, length, ...placeOf(segment, start) };
    fileOffset += length;
  }
}

function placeOf(segment: ContentSegment, start: number): Record<string, unknown> {
  if (segment.kind !== 'extent') return { kind: IN_WORDS[segment.kind] };
  return { kind: 'extent', offset: segment.offset, deviceOffset: start + segment.offset };
}

/** What has no place of its own. */
const IN_WORDS = { zeros: 'zeros', inline: 'inline', served: 'packed' } as const;

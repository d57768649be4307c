import type { CommandHandler } from '@diskwright/sdk';
import { NotSupportedError } from '@diskwright/sdk/errors';
import type { NodeMetadata } from '@diskwright/sdk/protocol';
import { detailsOf } from '../listing/listItem';
import { withTarget } from '../listing/withTarget';
import { openPlace, type Place, type VolumePath } from '../place/openPlace';

const TIMES = [
  ['content changed', 'modified'],
  ['inode changed', 'changed'],
  ['read', 'accessed'],
  ['created', 'created'],
] as const;

/** `stat`: all that is known of one file or directory. A link at the end is looked at itself. */
export const stat: CommandHandler = {
  async execute(input, context) {
    const { place: named } = input as unknown as { place: VolumePath };
    const place = await openPlace(context, 'place', named, { followLast: false });
    const { metadata = {}, details, ...node } = await withTarget(place.volume, await place.volume.stat(place.node.node));
    const streams = (await streamsOf(place)).map(({ name, size }) => ({ name, size }));
    const path = place.path || '/';
    const value = { path, ...node, ...detailsOf(node.type, metadata), details: Object.fromEntries(details), streams };
    const told = new Set(details.map(([name]) => name));
    const pairs: [string, string][] = [
      ['path', path],
      ['type', node.type],
      ['size', `${node.size} bytes`],
      ['node', node.node],
      ...metadataPairs(node.type, metadata).filter(([name]) => !told.has(name)),
      ...details.filter(([, text]) => text !== ''),
      ...streams.map(({ name, size }): [string, string] => ['stream', `${name}, ${size} bytes`]),
    ];
    return { kind: 'value', value, pairs };
  },
};

/** None where the filesystem has none. */
async function streamsOf({ volume, node }: Place): Promise<{ name: string; size: number }[]> {
  try {
    return await volume.streams(node.node);
  } catch (error) {
    if (error instanceof NotSupportedError) return [];
    throw error;
  }
}

function metadataPairs(type: Parameters<typeof detailsOf>[0], metadata: NodeMetadata): [string, string][] {
  const { mode, userId, groupId, links, device, target, attributes } = metadata;
  const pairs: [string, string | undefined][] = [
    [
      'mode',
      mode === undefined
        ? undefined
        : `${String(detailsOf(type, metadata)['permissions'])} (${mode.toString(8).padStart(4, '0')})`,
    ],
    ['owner', userId === undefined ? undefined : `${userId}:${groupId ?? ''}`],
    ['links', links?.toString()],
    ['device', device && `${device.major}:${device.minor}`],
    ['target', target],
    ['attributes', attributes?.join(' ')],
    ...TIMES.map(([name, field]): [string, string | undefined] => [name, timeText(metadata[field])]),
  ];
  return pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '');
}

/** Exactly as recorded. */
function timeText(time: NodeMetadata['modified']): string | undefined {
  if (!time) return undefined;
  const date = new Date(time.seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${time.seconds} seconds after 1970`;
  return date.toISOString().replace('.000Z', `.${String(time.nanoseconds).padStart(9, '0')}Z`);
}

import type { CommandHandler, PluginContext } from '@diskwright/sdk';
import type { FilesystemEntry, ListEnd } from '@diskwright/sdk/protocol';
import { ContentReader } from '../content/contentReader';
import { contains } from '../content/contains';
import { conditionsOf, patternsOf, type Wanted } from '../find/conditions';
import { inOrder } from '../listing/inOrder';
import { listItem, type ListItem, SHORT_COLUMNS } from '../listing/listItem';
import { Losses } from '../listing/losses';
import { openPlace, type Place, requireDirectory, type VolumePath } from '../place/openPlace';

const FILES_AT_ONCE = 8;

/** `find`: the files and directories below a directory that are as they are asked for, as they are found. */
export const find: CommandHandler = {
  async execute(input, context) {
    const { place: named, ...wanted } = input as unknown as Wanted & { place: VolumePath };
    const { sectorSize } = await context.devices.describe(named.deviceId);
    const isWanted = conditionsOf(wanted, sectorSize, Date.now());
    const patterns = patternsOf(wanted);
    const place = await openPlace(context, 'place', named, { followLast: true });
    requireDirectory(place);
    const items = patterns ? await holding(context, named, place, isWanted, patterns) : entries(place, isWanted);
    return { kind: 'list', list: { title: `Found in ${place.named}`, columns: SHORT_COLUMNS, items } };
  },
};

async function* entries(
  { volume, node, path }: Place,
  isWanted: (entry: FilesystemEntry) => boolean,
): AsyncGenerator<ListItem[], ListEnd> {
  const losses = new Losses();
  for await (const page of volume.walkPages(node.node, { recursive: true })) {
    const found: ListItem[] = [];
    for (const entry of page) {
      if (entry.damage !== undefined) losses.note(entry.damage);
      if (entry.damage !== undefined || isWanted(entry)) found.push(listItem(entry, path));
    }
    yield found;
  }
  return losses.end();
}

/** Files that hold one of the patterns. */
async function holding(
  context: PluginContext,
  volumePath: VolumePath,
  place: Place,
  isWanted: (entry: FilesystemEntry) => boolean,
  patterns: Buffer[],
): Promise<AsyncGenerator<ListItem, ListEnd>> {
  const reader = await ContentReader.open(context, volumePath, place.volume);
  return readAll(place, reader, isWanted, patterns);
}

async function* readAll(
  { volume, node, path }: Place,
  reader: ContentReader,
  isWanted: (entry: FilesystemEntry) => boolean,
  patterns: Buffer[],
): AsyncGenerator<ListItem, ListEnd> {
  const losses = new Losses();
  const looked = inOrder(volume.walk(node.node, { recursive: true }), FILES_AT_ONCE, async (entry): Promise<ListItem | null> => {
    if (entry.damage !== undefined) return { ...listItem(entry, path), error: losses.note(entry.damage) };
    if (entry.type !== 'file' || !isWanted(entry)) return null;
    try {
      return (await contains(reader.read(entry.node, entry.size), patterns)) ? listItem(entry, path) : null;
    } catch (error) {
      return { ...listItem(entry, path), error: losses.reasonOf(error) };
    }
  });
  for await (const item of looked) if (item) yield item;
  return losses.end();
}

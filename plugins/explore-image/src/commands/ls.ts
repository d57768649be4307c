import type { CommandHandler } from '@diskwright/sdk';
import type { ListEnd } from '@diskwright/sdk/protocol';
import { LONG_COLUMNS, listItem, type ListItem, SHORT_COLUMNS } from '../listing/listItem';
import { Losses } from '../listing/losses';
import { withTarget } from '../listing/withTarget';
import { openPlace, type Place, requireDirectory, type VolumePath } from '../place/openPlace';

interface Input {
  place: VolumePath;
  recursive?: boolean;
  long?: boolean;
}

/** `ls`: the entries of a directory, one a line, in the order of the disk. */
export const ls: CommandHandler = {
  async execute(input, context) {
    const { place: named, recursive = false, long = false } = input as unknown as Input;
    const place = await openPlace(context, 'place', named, { followLast: true });
    requireDirectory(place);
    const { volume, node, path: prefix, named: title } = place;
    const list = long
      ? { columns: LONG_COLUMNS, items: withDetails(place, recursive) }
      : { columns: SHORT_COLUMNS, walk: { volume, node: node.node, recursive, prefix } };
    return { kind: 'list', list: { title: `Files of ${title}`, ...list } };
  },
};

async function* withDetails({ volume, node, path }: Place, recursive: boolean): AsyncGenerator<ListItem[], ListEnd> {
  const losses = new Losses();
  for await (const page of volume.walkPages(node.node, { recursive, metadata: true })) {
    yield await Promise.all(
      page.map(async (entry) => {
        if (entry.damage !== undefined) losses.note(entry.damage);
        try {
          return listItem(await withTarget(volume, entry), path);
        } catch (error) {
          return { ...listItem(entry, path), error: losses.reasonOf(error) };
        }
      }),
    );
  }
  return losses.end();
}

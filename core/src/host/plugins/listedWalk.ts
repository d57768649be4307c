import { entriesIn, type ListEnd, type OpenList, TableColumns } from '@diskwright/sdk/protocol';
import type { ProviderBroker } from '../providers/providerBroker';

type Walk = NonNullable<OpenList['walk']>;

/** Entries of a walk, in columns. */
export interface WalkedTable {
  table: TableColumns;
  /** Stands before the paths, without a slash at its end. */
  prefix: string;
}

/** Pulls the entries of a list that is a walk right from the provider of its volume. */
export class ListedWalk {
  private cursor: string | undefined;
  private losses = 0;

  /** @param caller the plugin that has the volume open */
  constructor(
    private readonly broker: Pick<ProviderBroker, 'forward'>,
    private readonly caller: string,
    private readonly walk: Walk,
  ) {}

  async next(signal: AbortSignal): Promise<{ walked: WalkedTable; end: ListEnd | null }> {
    const { volume: handle, node, recursive, prefix } = this.walk;
    const params = { handle, node, recursive, ...(this.cursor !== undefined && { cursor: this.cursor }) };
    const { table, cursor } = await this.broker.forward(this.caller, 'filesystem/walkTable', params, signal);
    for (const { damage } of table.more) if (damage !== undefined) this.losses++;
    this.cursor = cursor ?? undefined;
    return { walked: { table: new TableColumns(table), prefix }, end: cursor === null ? this.end() : null };
  }

  private end(): ListEnd {
    if (this.losses === 0) return { message: null, exitStatus: 0 };
    return { message: `${this.losses === 1 ? '1 entry' : `${this.losses} entries`} could not be read`, exitStatus: 4 };
  }
}

/** As items of a list. */
export function walkedItems({ table, prefix }: WalkedTable): Record<string, unknown>[] {
  return entriesIn(table).map(({ path, type, size, mtime, node, rawName, damage }) => ({
    path: `${prefix}/${path}`,
    type,
    size,
    mtime,
    node,
    ...(rawName !== undefined && { rawName }),
    ...(damage !== undefined && { error: damage }),
  }));
}

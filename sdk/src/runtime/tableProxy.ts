import { rangesMeet } from '../extents/index';
import type {
  ByteRange,
  NamedRange,
  PartitionOperation,
  PartitionTableKind,
  PluginParams,
  PluginResult,
  RebuildResult,
  StructureInstance,
  TableLayout,
} from '../protocol/index';
import type { RebuildRequest } from '../provider/index';
import { pullPages } from './pages';
import type { Call } from './volumeProxy';

/** A partition table, opened through the host at whichever provider knows it; see {@link VolumeProxy}. */
export class TableProxy {
  constructor(
    private readonly call: Call,
    private readonly handle: string,
    /** Id of the plugin that provides it. */
    readonly provider: string,
    readonly type: PartitionTableKind,
    private readonly closeOnce: () => Promise<void>,
  ) {}

  read(): Promise<TableLayout> {
    return this.call('partitionTable/read', this.self);
  }

  rebuild(request: RebuildRequest): Promise<RebuildResult> {
    return this.call('partitionTable/rebuild', { ...this.self, ...request });
  }

  /** What differs with all operations done; see `OpenPartitionTable.edit`. @throws NotSupportedError when the provider cannot */
  edit(operations: PartitionOperation[]): Promise<RebuildResult> {
    return this.call('partitionTable/edit', { ...this.self, operations });
  }

  async signatures(): Promise<NamedRange[]> {
    return (await this.call('partitionTable/signatures', this.self)).signatures;
  }

  /** With a range, those that meet it. */
  structures(range?: ByteRange): AsyncIterable<StructureInstance> {
    return pullPages(
      (cursor) => this.call('partitionTable/structures', { ...this.self, ...(range && { range }), cursor }),
      (page) => (range ? page.structures.filter((structure) => rangesMeet(structure, range)) : page.structures),
    );
  }

  encodeField(
    edit: Omit<PluginParams<'partitionTable/encodeField'>, 'handle'>,
  ): Promise<PluginResult<'partitionTable/encodeField'>> {
    return this.call('partitionTable/encodeField', { ...this.self, ...edit });
  }

  /** May be called again. */
  close(): Promise<void> {
    return this.closeOnce();
  }

  private get self(): { handle: string } {
    return { handle: this.handle };
  }
}

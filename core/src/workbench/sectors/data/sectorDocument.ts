import { InvalidInputError, MediaError } from '@diskwright/sdk/errors';
import type { ByteRange, DeviceLayout, FilesystemInfo, Finding } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../../common';
import { plural } from '../../../common/text/size';
import { Disposables, Emitter, type Disposable, type Workbench } from '../../api';
import type { ReadBytes } from '../../api/host';
import { ByteState } from '../grid/gridSource';
import type { BlockNumbering } from '../model/expression/goTo';
import type { PartitionPlace } from '../model/offsetFormat';
import { overlap } from '../model/sortedRanges';
import { StagedEdits, type StoredRun } from '../model/stagedEdits';
import { deviceKey, deviceStateKey } from './deviceKey';
import { PageCache, pageBytes, type Page } from './pageCache';
import { EditJudge } from './editJudge';
import { StructureCache } from './structureCache';
import { StructureList } from './structureList';

/** `bytes`: read or stale; `edits`: staged or taken back; `structures`, `layout`, `findings`: known now; `lock`. */
export type DocumentChange = 'bytes' | 'edits' | 'structures' | 'layout' | 'findings' | 'lock';

/**
 * One device as all editors and views of sectors share it: its bytes, what is staged over them, what lies on it. Made by {@link SectorDocuments}.
 */
export class SectorDocument implements Disposable {
  readonly edits = new StagedEdits();
  readonly cache: PageCache;
  readonly structures: StructureCache;
  readonly structureList: StructureList;
  /** What the staged edits lead to. */
  readonly judge: EditJudge;
  /** Of bookmarks and staged edits. */
  readonly key: string;
  private layoutKnown: DeviceLayout | null = null;
  private tablePlaces: readonly { offset: number; length: number; name: string }[] = [];
  private partitionPlaces: readonly PartitionPlace[] = [];
  private unlockedNow = false;
  private editsKey: string | null = null;
  private readonly blocksKnown = new Map<number, BlockNumbering | null>();
  private readonly abort = new AbortController();
  private readonly owned = new Disposables();
  private readonly emitter = this.owned.add(new Emitter<DocumentChange>());
  readonly onDidChange = this.emitter.event;

  constructor(
    private readonly workbench: Workbench,
    readonly device: OpenedDevice,
  ) {
    const { host } = workbench;
    this.key = deviceKey(device);
    const read = (range: ByteRange, signal: AbortSignal) => host.readBytes(device.deviceId, range, signal);
    this.cache = new PageCache(device.size, read, () => this.emitter.fire('bytes'));
    this.structures = new StructureCache(host, device.deviceId, device.size, () => this.emitter.fire('structures'));
    this.structureList = new StructureList(host, device.deviceId, () => this.scopes());
    this.judge = new EditJudge(workbench, device.path, this.edits, () => this.emitter.fire('findings'));
    this.owned.add(
      workbench.devices.onDidChangeContent((path) => {
        if (path === device.path) void this.contentChanged();
      }),
    );
    this.owned.add(
      workbench.state.onDidChange((key) => {
        if (key === this.editsKey) void this.loadEdits();
      }),
    );
    this.owned.add(this.structureList.onDidChange(() => this.emitter.fire('structures')));
    void this.loadLayout();
    void this.loadEdits();
  }

  get layout(): DeviceLayout | null {
    return this.layoutKnown;
  }

  get partitions(): readonly PartitionPlace[] {
    return this.partitionPlaces;
  }

  /** Where the partition table itself lies. */
  get tableStructures(): readonly { offset: number; length: number; name: string }[] {
    return this.tablePlaces;
  }

  /** Findings of the layout, and those that the staged edits would lead to. */
  get findings(): readonly Finding[] {
    return [...(this.layoutKnown?.findings ?? []), ...this.judge.appearing];
  }

  get unlocked(): boolean {
    return this.unlockedNow;
  }

  set unlocked(unlocked: boolean) {
    this.unlockedNow = unlocked;
    this.emitter.fire('lock');
  }

  /** How a volume numbers its blocks; null while it is not known, which it then is asked for. */
  blocks(partition: number): BlockNumbering | null {
    if (!this.blocksKnown.has(partition)) {
      this.blocksKnown.set(partition, null);
      void this.askBlocks(partition);
    }
    return this.blocksKnown.get(partition) ?? null;
  }

  copy(range: ByteRange, bytes: Uint8Array, states: Uint8Array): void {
    for (let at = 0; at < range.length;) {
      const offset = range.offset + at;
      const inPage = offset % pageBytes;
      const length = Math.min(range.length - at, pageBytes - inPage);
      this.copyPage(this.cache.get(Math.floor(offset / pageBytes)), { offset, length }, at, bytes, states);
      at += length;
    }
    if (this.edits.count > 0) this.copyStaged(range, bytes, states);
  }

  private copyPage(page: Page | undefined, range: ByteRange, at: number, bytes: Uint8Array, states: Uint8Array): void {
    const { offset, length } = range;
    const inPage = offset % pageBytes;
    if (!page?.bytes) return void states.fill(page ? ByteState.Unreadable : ByteState.Loading, at, at + length);
    bytes.set(page.bytes.subarray(inPage, inPage + length), at);
    states.fill(ByteState.Loaded, at, at + length);
    for (const hole of page.unreadable) {
      if (!overlap(hole, range)) continue;
      const from = Math.max(offset, hole.offset) - offset + at;
      states.fill(ByteState.Unreadable, from, Math.min(offset + length, hole.offset + hole.length) - offset + at);
    }
  }

  private copyStaged(range: ByteRange, bytes: Uint8Array, states: Uint8Array): void {
    for (const run of this.edits.runs()) {
      if (!overlap({ offset: run.offset, length: run.after.length }, range)) continue;
      run.after.forEach((value, index) => {
        const at = run.offset + index - range.offset;
        if (at < 0 || at >= range.length) return;
        bytes[at] = value;
        states[at] = ByteState.Modified;
      });
    }
  }

  errorAt(offset: number): string | null {
    const error = this.cache.get(Math.floor(offset / pageBytes))?.error;
    if (!error) return null;
    return error instanceof Error ? error.message : String(error);
  }

  /** The bytes of a small range with what is staged over them; null as long as one of them is not read, or unreadable. */
  bytesAt(range: ByteRange): Uint8Array<ArrayBuffer> | null {
    const length = Math.min(range.length, this.device.size - range.offset);
    const bytes = new Uint8Array(Math.max(0, length));
    const states = new Uint8Array(bytes.length);
    this.copy({ offset: range.offset, length: bytes.length }, bytes, states);
    return states.some((state) => state === ByteState.Loading || state === ByteState.Unreadable) ? null : bytes;
  }

  /**
   * The bytes of a range with what is staged over them, read if they are not here; zeros where they cannot be read.
   * @throws as `HostConnection.readBytes`
   */
  async readBytes(range: ByteRange, signal?: AbortSignal): Promise<ReadBytes> {
    const here = range.length <= 8 * pageBytes ? this.bytesAt(range) : null;
    if (here) return { bytes: here, unreadable: [] };
    const { bytes, unreadable } = await this.workbench.host.readBytes(this.device.deviceId, range, signal);
    this.copyStaged(range, bytes, new Uint8Array(bytes.length));
    return { bytes, unreadable };
  }

  /**
   * Stages bytes over those of the device.
   * @param run as of `StagedEdits.write`
   * @throws InvalidInputError when they reach behind the end; RefusedError when too many would be staged; MediaError when those there cannot be read;
   * as `HostConnection.readBytes`
   */
  async write(offset: number, after: Uint8Array, run: object | null = null): Promise<void> {
    const { device } = this;
    const range = { offset, length: after.length };
    const room = device.size - offset;
    if (after.length > room) {
      throw new InvalidInputError(
        `these ${plural(after.length, 'byte')} do not fit: ${plural(room, 'byte')} are left to the end`,
        {
          device: device.path,
          offset,
          todo: 'Bytes are written over others here, never put in between. Begin further in front, or give fewer.',
        },
      );
    }
    const before = this.bytesAt(range) ?? (await this.readForChange(range));
    this.edits.write(offset, before, after, run);
    this.editsChanged();
  }

  private async readForChange(range: ByteRange): Promise<Uint8Array> {
    const { bytes, unreadable } = await this.workbench.host.readBytes(this.device.deviceId, range);
    const [hole] = unreadable;
    if (!hole) return bytes;
    throw new MediaError('bytes that cannot be read cannot be changed here', {
      ...hole,
      device: this.device.path,
      todo: 'Choose bytes that can be read: what is replaced is kept, so that it can be brought back.',
    });
  }

  /** To be called after a change of {@link edits}: tells it, and keeps it for the next session. */
  editsChanged(): void {
    if (this.editsKey) {
      const runs = this.edits.toStored();
      this.workbench.state.write(this.editsKey, runs.length > 0 ? { path: this.device.path, runs } : null);
    }
    this.judge.changed();
    this.emitter.fire('edits');
  }

  dispose(): void {
    this.abort.abort();
    this.cache.dispose();
    this.structures.dispose();
    this.structureList.dispose();
    this.judge.dispose();
    this.owned.dispose();
  }

  private async scopes(): Promise<(number | null)[]> {
    await this.loadLayout();
    const partitions = this.layoutKnown?.partitions.filter(({ role }) => role !== 'extended') ?? [];
    return this.layoutKnown?.table.type === 'none' ? [0] : [null, ...partitions.map(({ number }) => number)];
  }

  private async loadLayout(): Promise<void> {
    try {
      const { layout, structures } = await this.workbench.devices.layout(this.device.path);
      if (this.abort.signal.aborted) return;
      this.layoutKnown = layout;
      this.tablePlaces = structures;
      this.partitionPlaces = layout.partitions.map(({ number, start, size }) => ({ number, start, size }));
      this.emitter.fire('layout');
    } catch {
      // The bytes can be looked at without their layout; the devices view says what is wrong with it.
    }
  }

  private async askBlocks(partition: number): Promise<void> {
    const params = { deviceId: this.device.deviceId, partition };
    const { signal } = this.abort;
    try {
      const { filesystem } = await this.workbench.host.request('volumes/info', params, signal);
      if (!filesystem) return;
      const { blockSize, firstBlock } = filesystem as FilesystemInfo;
      this.blocksKnown.set(partition, { size: blockSize, first: firstBlock ?? { number: 0, offset: 0 } });
      this.emitter.fire('layout');
    } catch {
      // It is asked for again when it is needed again.
      this.blocksKnown.delete(partition);
    }
  }

  private async loadEdits(): Promise<void> {
    this.editsKey ??= await deviceStateKey('staged', this.device);
    const stored = await this.workbench.state.read<{ runs?: StoredRun[] }>(this.editsKey);
    if (this.abort.signal.aborted) return;
    const runs = stored?.runs ?? [];
    if (JSON.stringify(runs) === JSON.stringify(this.edits.toStored())) return;
    this.edits.load(runs, this.device.size);
    await this.rebaseEdits();
    this.judge.changed();
    this.emitter.fire('edits');
  }

  /** Something wrote the device: nothing that was read of it holds any more; staged bytes that are there now are staged no longer. */
  private async contentChanged(): Promise<void> {
    this.cache.clear();
    this.structures.clear();
    this.structureList.clear();
    this.blocksKnown.clear();
    this.emitter.fire('bytes');
    void this.loadLayout();
    const before = this.edits.count;
    await this.rebaseEdits();
    if (this.edits.count !== before) this.editsChanged();
    else this.judge.changed();
  }

  private async rebaseEdits(): Promise<void> {
    for (const { offset, after } of [...this.edits.runs()]) {
      const range = { offset, length: after.length };
      const read = await this.workbench.host.readBytes(this.device.deviceId, range, this.abort.signal).catch(() => null);
      if (read) this.edits.rebase(offset, read.bytes);
    }
  }
}

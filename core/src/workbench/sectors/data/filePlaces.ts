import type { WorkbenchResult } from '../../../common/workbench';
import { Emitter, type HostConnection } from '../../api';
import { showError } from '../../widgets/shared/errorText';
import type { FilePlace, RecordWord } from '../model/expression/goTo';

/** Looks up where bytes of files and records of volumes are while a place is typed; the last one that was asked for, each once. */
export class FilePlaces {
  private readonly known = new Map<string, FilePlace>();
  private pending: { key: string; control: AbortController } | null = null;
  private readonly changed = new Emitter<void>();
  /** What was being looked up is known. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly host: HostConnection,
    private readonly deviceId: string,
  ) {}

  /** A byte of a file; null while it is being looked up. @param at in the file */
  fileByte(partition: number, path: string, at: number): FilePlace | null {
    return this.find(`${partition} ${at} ${path}`, (signal) => this.lookUpByte(partition, path, at, signal));
  }

  /** A record that the filesystem numbers; null while it is being looked up. */
  record(partition: number, word: RecordWord, number: number): FilePlace | null {
    return this.find(`${partition} ${word} ${number}`, (signal) => this.lookUpRecord(partition, word, number, signal));
  }

  dispose(): void {
    this.pending?.control.abort();
  }

  private find(key: string, lookUp: (signal: AbortSignal) => Promise<FilePlace>): FilePlace | null {
    const known = this.known.get(key);
    if (known) return known;
    if (this.pending?.key !== key) void this.start(key, lookUp);
    return null;
  }

  private async start(key: string, lookUp: (signal: AbortSignal) => Promise<FilePlace>): Promise<void> {
    this.pending?.control.abort();
    const control = new AbortController();
    this.pending = { key, control };
    const place = await lookUp(control.signal).catch((error: unknown): FilePlace => ({ problem: showError(error).message }));
    if (control.signal.aborted) return;
    this.known.set(key, place);
    this.pending = null;
    this.changed.fire();
  }

  private async lookUpByte(partition: number, path: string, at: number, signal: AbortSignal): Promise<FilePlace> {
    const volume = { deviceId: this.deviceId, partition };
    const { node } = await this.host.request('volumeFiles/lookup', { ...volume, path }, signal);
    if (!node) return { problem: `there is no ${path}` };
    const range = { offset: at, length: 1 };
    const { segments } = await this.host.request('volumeFiles/content', { ...volume, node: node.node, ...range }, signal);
    const [segment] = segments;
    if (!segment) return { problem: at === 0 ? 'this file is empty' : 'this lies behind the end of the file' };
    if (segment.kind === 'extent') return { offset: segment.offset };
    return { problem: `this byte of the file ${ELSEWHERE[segment.kind]}` };
  }

  private async lookUpRecord(partition: number, word: RecordWord, number: number, signal: AbortSignal): Promise<FilePlace> {
    const volume = { deviceId: this.deviceId, partition };
    const { type, node: root } = await this.host.request('volumeFiles/lookup', { ...volume, path: '/' }, signal);
    const recordOf = (node: string): Promise<WorkbenchResult<'volumeFiles/record'>> =>
      this.host.request('volumeFiles/record', { ...volume, node }, signal);
    // By what the record of its root is called, the filesystem says what it numbers.
    const called = root ? ((await recordOf(root.node)).record?.name ?? '') : '';
    if (!NUMBERED[word].test(called)) {
      const other = (Object.keys(NUMBERED) as RecordWord[]).find((candidate) => NUMBERED[candidate].test(called));
      return { problem: other ? `${type} has "${other} ${number}" instead` : `${type} does not number its files` };
    }
    const { record } = await recordOf(String(number));
    return record ? { offset: record.offset } : { problem: `there is no ${word} ${number}` };
  }
}

/** How providers call the records of each word. */
const NUMBERED: Readonly<Record<RecordWord, RegExp>> = { inode: /^inode \d/, mft: /^MFT record \d/ };

const ELSEWHERE = {
  zeros: 'lies in a hole: it has no sector',
  inline: 'stands within a structure of the filesystem',
  served: 'is compressed or encrypted: no sector holds it as it is',
} as const;

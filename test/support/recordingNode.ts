import { MemoryNode } from './memoryNode';

type Entry = { kind: 'write'; offset: number; bytes: Buffer } | { kind: 'flush' } | { kind: 'mark'; name: string };

/** A device that remembers everything that was done to it in order, so that any loss of power can be played afterwards. */
export class RecordingNode extends MemoryNode {
  readonly entries: Entry[] = [];
  private readonly start: Buffer;

  constructor(bytes: Buffer, path = 'recording', sectorSize: 512 | 4096 = 512) {
    super(bytes, path, sectorSize);
    this.start = Buffer.from(bytes);
  }

  mark(name: string): void {
    this.entries.push({ kind: 'mark', name });
  }

  override async write(offset: number, bytes: Buffer, signal?: AbortSignal): Promise<void> {
    await super.write(offset, bytes, signal);
    this.entries.push({ kind: 'write', offset, bytes: Buffer.from(bytes) });
  }

  override async zero(offset: number, length: number): Promise<void> {
    await super.zero(offset, length);
    this.entries.push({ kind: 'write', offset, bytes: Buffer.alloc(length) });
  }

  override async flush(): Promise<void> {
    // What is written while it goes on is none of its.
    this.entries.push({ kind: 'flush' });
    await super.flush();
  }

  /**
   * What is on the medium when the power goes just before entry `end`: all that was flushed, and of what came after the last flush whatever `kept` says.
   */
  afterPowerLoss(end: number, kept: () => boolean): Buffer {
    const image = Buffer.from(this.start);
    const lastFlush = this.entries.slice(0, end).findLastIndex((entry) => entry.kind === 'flush');
    for (const [index, entry] of this.entries.slice(0, end).entries()) {
      if (entry.kind === 'write' && (index < lastFlush || kept())) entry.bytes.copy(image, entry.offset);
    }
    return image;
  }
}

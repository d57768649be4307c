import { onTestFinished } from 'vitest';
import type { RebuildOutcome, RebuildRequest, WriteProposal } from '@diskwright/sdk';
import type { PartitionOperation, TableLayout } from '@diskwright/sdk/protocol';
import { FileSource, ImageFile, runTool } from '@diskwright/sdk/testing';
import { OpenGptMbr } from '../openGptMbr';

/** The tools that images are made and judged by. */
export const tools = ['sgdisk', 'sfdisk', 'parted', 'blkid'] as const;
/** Loop devices, which give an image sectors of 4096 bytes, need root. */
export const isRoot = process.getuid?.() === 0;

export const signal: AbortSignal = new AbortController().signal;

/** What `sfdisk -J` says. Sectors. */
export interface SfdiskTable {
  label: string;
  id: string;
  firstlba?: number;
  lastlba?: number;
  sectorsize: number;
  partitions?: {
    start: number;
    size: number;
    type: string;
    uuid?: string;
    name?: string;
    attrs?: string;
    bootable?: boolean;
    node: string;
  }[];
}

/** A sparse image of a disk for the tools to work on; removed when the test ends. */
export class TableImage extends ImageFile {
  constructor(
    readonly size: number,
    readonly sectorSize: 512 | 4096 = 512,
  ) {
    super();
    onTestFinished(() => this.remove());
    this.blank(size);
  }

  /** Runs a tool on the image, `{}` in `args` being its path, and gives what it prints. @throws Error when it fails */
  run(tool: string, args: string[], input?: string): string {
    const runOn = (path: string): string => {
      const named = args.map((part) => part.replace('{}', path));
      return runTool(tool, named, { input });
    };
    if (this.sectorSize === 512) return runOn(this.path);
    const loop = runTool('losetup', ['--sector-size', '4096', '-f', '--show', this.path]).trim();
    try {
      return runOn(loop);
    } finally {
      runTool('losetup', ['-d', loop]);
    }
  }

  sgdisk(...args: string[]): this {
    this.run('sgdisk', [...args, '{}']);
    return this;
  }

  sfdisk(script: string, ...args: string[]): this {
    this.run('sfdisk', ['-q', ...args, '{}'], script);
    return this;
  }

  /** The whole table as sfdisk sees it. */
  sfdiskJson(): SfdiskTable {
    return (JSON.parse(this.run('sfdisk', ['-J', '{}'])) as { partitiontable: SfdiskTable }).partitiontable;
  }

  /** As `peek`: images are read and written like the fuzzer's, so that both can be patched alike. */
  read(offset: number, length: number): Buffer {
    return this.peek(offset, length);
  }

  /** Writes bytes; a negative offset counts from the end. */
  write(offset: number, bytes: Buffer): this {
    return this.patch(offset < 0 ? this.size + offset : offset, bytes);
  }

  apply(writes: readonly WriteProposal[]): this {
    for (const { offset, bytes } of writes) this.write(offset, bytes);
    return this;
  }

  /** The whole image; for small ones. */
  content(): Buffer {
    return this.peek(0, this.size);
  }

  /** Runs `use` with the table that our reader finds. `sectorSize` other than the image's is for images opened the wrong way. */
  async open<T>(use: (table: OpenGptMbr) => Promise<T>, sectorSize = this.sectorSize): Promise<T> {
    const source = await FileSource.open(this.path, sectorSize);
    try {
      return await use(await OpenGptMbr.open(source, signal));
    } finally {
      await source.close();
    }
  }

  layout(sectorSize = this.sectorSize): Promise<TableLayout> {
    return this.open((table) => table.read(), sectorSize);
  }

  edit(...operations: PartitionOperation[]): Promise<RebuildOutcome> {
    return this.open((table) => table.edit(operations, signal));
  }

  rebuild(request: Partial<RebuildRequest> & { size?: number } = {}): Promise<RebuildOutcome> {
    const { size = this.size, ...rest } = request;
    const target = { size, sectorSize: this.sectorSize };
    return this.open((table) => table.rebuild({ target, changes: [], identity: 'keep', ...rest }, signal));
  }
}

/**
 * A maker of images that are all alike, so that the tools run once: sgdisk waits a second whenever it writes. `size` in bytes, sectors of 512.
 */
export function prototype(size: number, make: (image: TableImage) => unknown): () => TableImage {
  let content: Buffer | undefined;
  return () => {
    const image = new TableImage(size);
    if (content) return image.write(0, content);
    make(image);
    content = image.content();
    return image;
  };
}

/** Our layout in sfdisk's words, so that the two can be compared whole. */
export function asSfdisk(layout: TableLayout, sectorSize: number): Omit<SfdiskTable, 'partitions'> & { partitions: object[] } {
  const isGpt = layout.type === 'gpt';
  const first = layout.usable.offset / sectorSize;
  return {
    label: isGpt ? 'gpt' : 'dos',
    id: isGpt ? (layout.id ?? '').toUpperCase() : `0x${layout.id}`,
    ...(isGpt ? { firstlba: first, lastlba: first + layout.usable.length / sectorSize - 1 } : {}),
    sectorsize: sectorSize,
    partitions: layout.partitions.map(({ number, start, size, type, name, id, bootable }) => ({
      number,
      start: start / sectorSize,
      size: size / sectorSize,
      type: isGpt ? type.toUpperCase() : Number(type).toString(16),
      ...(isGpt ? { uuid: id?.toUpperCase() ?? '', name: name ?? '' } : {}),
      bootable,
    })),
  };
}

/** What sfdisk says, in the same shape. */
export function normalized(table: SfdiskTable): ReturnType<typeof asSfdisk> {
  const { label, id, firstlba, lastlba, sectorsize, partitions = [] } = table;
  const isGpt = label === 'gpt';
  return {
    label,
    id,
    ...(isGpt ? { firstlba, lastlba } : {}),
    sectorsize,
    partitions: partitions.map(({ node, start, size, type, uuid, name, attrs, bootable }) => ({
      number: Number(/(\d+)$/.exec(node)?.[1]),
      start,
      size,
      type,
      ...(isGpt ? { uuid, name: name ?? '' } : {}),
      bootable: isGpt ? (attrs ?? '').includes('LegacyBIOSBootable') : bootable === true,
    })),
  };
}

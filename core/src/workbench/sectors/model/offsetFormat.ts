export const offsetFormats = ['hexadecimal', 'decimal', 'sector', 'partition'] as const;
export type OffsetFormat = (typeof offsetFormats)[number];

/** Where partitions lie; by start, not overlapping but for an extended one. */
export interface PartitionPlace {
  number: number;
  start: number;
  size: number;
}

export interface OffsetContext {
  size: number;
  sectorSize: number;
  partitions: readonly PartitionPlace[];
}

export function hexOffset(offset: number, digits = 1): string {
  return offset.toString(16).toUpperCase().padStart(digits, '0');
}

/** The innermost partition that an offset lies in. */
export function partitionAt(partitions: readonly PartitionPlace[], offset: number): PartitionPlace | undefined {
  let found: PartitionPlace | undefined;
  for (const partition of partitions) {
    const inside = offset >= partition.start && offset < partition.start + partition.size;
    if (inside && (!found || partition.size < found.size)) found = partition;
  }
  return found;
}

/** One way to write offsets in a column: all of the same width on one device. */
export class OffsetWriter {
  private readonly hexDigits: number;
  private readonly decimalDigits: number;
  private readonly sectorDigits: number;
  private readonly inSectorDigits: number;
  private readonly numberDigits: number;

  constructor(
    readonly format: OffsetFormat,
    private readonly context: OffsetContext,
  ) {
    const last = Math.max(0, context.size - 1);
    this.hexDigits = Math.max(8, hexOffset(last).length);
    this.decimalDigits = Math.max(8, String(last).length);
    this.sectorDigits = Math.max(4, String(Math.floor(last / context.sectorSize)).length);
    this.inSectorDigits = hexOffset(context.sectorSize - 1).length;
    this.numberDigits = Math.max(1, ...context.partitions.map(({ number }) => String(number).length));
  }

  /** Characters of every text of {@link write}. */
  get width(): number {
    switch (this.format) {
      case 'hexadecimal':
        return this.hexDigits;
      case 'decimal':
        return this.decimalDigits;
      case 'sector':
        return this.sectorDigits + 1 + this.inSectorDigits;
      case 'partition':
        return this.numberDigits + 2 + this.hexDigits;
    }
  }

  write(offset: number): string {
    switch (this.format) {
      case 'hexadecimal':
        return hexOffset(offset, this.hexDigits);
      case 'decimal':
        return String(offset).padStart(this.decimalDigits, ' ');
      case 'sector': {
        const { sectorSize } = this.context;
        const sector = String(Math.floor(offset / sectorSize)).padStart(this.sectorDigits, ' ');
        return `${sector}:${hexOffset(offset % sectorSize, this.inSectorDigits)}`;
      }
      case 'partition': {
        const partition = partitionAt(this.context.partitions, offset);
        const name = partition ? `p${partition.number}:` : '';
        return name.padStart(this.numberDigits + 2, ' ') + hexOffset(offset - (partition?.start ?? 0), this.hexDigits);
      }
    }
  }
}

export declare const offsetFormats: readonly ['hexadecimal', 'decimal', 'sector', 'partition'];
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
export declare function hexOffset(offset: number, digits?: number): string;
/** The innermost partition that an offset lies in. */
export declare function partitionAt(partitions: readonly PartitionPlace[], offset: number): PartitionPlace | undefined;
/** One way to write offsets in a column: all of the same width on one device. */
export declare class OffsetWriter {
  readonly format: OffsetFormat;
  private readonly context;
  private readonly hexDigits;
  private readonly decimalDigits;
  private readonly sectorDigits;
  private readonly inSectorDigits;
  private readonly numberDigits;
  constructor(format: OffsetFormat, context: OffsetContext);
  /** Characters of every text of {@link write}. */
  get width(): number;
  write(offset: number): string;
}
/** `1,024 bytes`; exact, for people. */
export declare function countBytes(length: number): string;

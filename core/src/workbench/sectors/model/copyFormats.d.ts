/** A way to write bytes for the clipboard. */
export interface CopyFormat {
  id: string;
  title: string;
  /** @param offset of the first byte on its device */
  write(bytes: Uint8Array, offset: number): string;
}
/** Rows as `hexdump -C` has them: offset, hex in two groups of eight, text between bars. */
export declare function hexDump(bytes: Uint8Array, offset: number, bytesPerRow?: number): string;
export declare const copyFormats: readonly CopyFormat[];
/** More than this is not put on the clipboard: it is meant for pasting into texts, not for copying disks. */
export declare const copyLimit: number;

/** What a byte is at a glance. Each class has its own colour in the grid, and its own sign in the text column. */
export declare const byteClasses: readonly ['zero', 'ones', 'printable', 'control', 'high'];
export type ByteClass = (typeof byteClasses)[number];
export declare function byteClassOf(byte: number): ByteClass;
export declare const hexPairs: readonly string[];
/** The byte in the text column: ASCII as it is, a dot for zero, other signs for what has no letter. */
export declare function textSign(byte: number): string;
/** The byte as it is said: `S`, `space`, `LF`; nothing for what has no name. */
export declare function spokenSign(byte: number): string;
/** Bytes as upper-case hex pairs. */
export declare function toHex(bytes: Uint8Array, separator?: string): string;
/** The bytes of hex pairs; blanks, commas, colons, `0x` and `\x` between pairs do not matter. Null when it is something else. */
export declare function parseHex(text: string): Uint8Array | null;

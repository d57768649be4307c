/**
 * How one field of an on-disk structure is read, written and shown. `T` is the value's type in a parsed structure. All sizes are bytes; `read` and
 * `write` may rely on the whole field lying inside the buffer, since {@link StructLayout} checks bounds first.
 */
export interface FieldType<T> {
  readonly size: number;
  /** The type in words, for the reference page: `u32 little endian`. */
  readonly typeName: string;
  read(buffer: Buffer, offset: number): T;
  /** @throws RangeError when the value does not fit the field */
  write(buffer: Buffer, offset: number, value: T): void;
  /** The value as a person reads it. */
  format(value: T): string;
  /**
   * The inverse of `format`; integers also in hexadecimal with `0x`.
   * @throws RangeError when the text is no value of the field
   */
  parse(text: string): T;
}

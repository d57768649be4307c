import type { StructureField } from '../protocol/types';

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
  /** The parts of a composite value, each with its own range; `base` is where `buffer[offset]` lies on the volume or device. */
  describeParts?(buffer: Buffer, offset: number, base: number): StructureField[];
  /**
   * The bytes of one part, named by the path that {@link describeParts} shows; `offset` is from the value's start.
   * @throws RangeError for an unknown part or a text that is no value of it
   */
  encodePart?(path: readonly string[], text: string): { offset: number; bytes: Buffer };
}

/**
 * The bytes of a value, or of the part of it that `path` names.
 * @throws RangeError for an unknown part or a text that is no value of it
 */
export function encodeValue<T>(type: FieldType<T>, path: readonly string[], text: string): { offset: number; bytes: Buffer } {
  if (path.length > 0) {
    if (!type.encodePart) throw new RangeError(`${type.typeName} has no part "${path.join('.')}"`);
    return type.encodePart(path, text);
  }
  const bytes = Buffer.alloc(type.size);
  type.write(bytes, 0, type.parse(text));
  return { offset: 0, bytes };
}

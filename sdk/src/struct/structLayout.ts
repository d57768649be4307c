import { DamagedStructureError } from '../errors';
import type { Finding, StructureField, StructureInstance } from '../protocol/types';
import { encodeValue, type FieldType } from './fieldType';

/** What a structure says of a field beyond its type. */
export interface FieldOptions<T> {
  /** Byte offset from the structure's start; absent means right behind the field before. */
  at?: number;
  description?: string;
  /** What is wrong with a value, in words, or null; becomes a finding with the field's range. */
  check?(value: T): string | null;
  /** The value in words, shown beside its plain form: `0x83` (Linux). */
  meaning?(value: T): string | undefined;
}
/** A field of a structure. Methods, not function properties, so that fields of different types share one record. */
export interface Field<T> extends FieldOptions<T> {
  readonly type: FieldType<T>;
}
type Fields = Record<string, Field<unknown>>;
/** The plain object that a structure parses to. */
export type StructValue<F> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Declares a field: `field(u32(), 'blocks in a group', { at: 0x20 })`. */
export function field<T>(type: FieldType<T>, description?: string, options: FieldOptions<T> = {}): Field<T> {
  return { type, description, ...options };
}

interface PlacedField {
  name: string;
  offset: number;
  field: Field<unknown>;
}

/**
 * One on-disk structure, described once: this gives the parser ({@link read}), the encoder ({@link encode}, {@link encodeField}), the field ranges for the
 * sector view ({@link describe}), the checks ({@link check}) and the reference page ({@link reference}).
 */
export class StructLayout<F extends { [K in keyof F]: Field<unknown> }> {
  private readonly placed: PlacedField[] = [];
  /** Bytes from the first to behind the last field, or the declared size. */
  readonly size: number;

  constructor(
    /** `GPT header`. */
    readonly name: string,
    /** The specification and section: `UEFI 2.10, 5.3.2`. */
    readonly source: string,
    fields: F,
    options: { size?: number } = {},
  ) {
    let end = 0;
    for (const [fieldName, definition] of Object.entries(fields as Fields)) {
      const offset = definition.at ?? end;
      this.placed.push({ name: fieldName, offset, field: definition });
      end = offset + definition.type.size;
    }
    const furthest = Math.max(0, ...this.placed.map((placed) => placed.offset + placed.field.type.size));
    this.size = options.size ?? furthest;
    if (furthest > this.size) throw new RangeError(`${name}: fields reach to ${furthest}, beyond its size of ${this.size}`);
  }

  /**
   * Parses the structure at `offset` of `buffer`.
   * @throws DamagedStructureError when the buffer ends before the structure does
   */
  read(buffer: Buffer, offset = 0): StructValue<F> {
    this.checkBounds(buffer, offset);
    const value: Record<string, unknown> = {};
    for (const placed of this.placed) value[placed.name] = placed.field.type.read(buffer, offset + placed.offset);
    return value as StructValue<F>;
  }

  /** The structure's bytes; what no field covers is taken from `base` (default zeros), so that unknown parts survive. */
  encode(value: StructValue<F>, base?: Buffer): Buffer {
    const buffer = Buffer.alloc(this.size);
    base?.copy(buffer, 0, 0, this.size);
    for (const placed of this.placed)
      placed.field.type.write(buffer, placed.offset, (value as Record<string, unknown>)[placed.name]);
    return buffer;
  }

  /** Offset (from the structure's start) and length of a field. @throws RangeError for an unknown name */
  range(fieldName: keyof F & string): { offset: number; length: number } {
    const placed = this.find(fieldName);
    return { offset: placed.offset, length: placed.field.type.size };
  }

  /**
   * The bytes of one field for a value given as text; `offset` is from the structure's start. A path reaches into a composite field:
   * `['partitions', '0', 'type']`.
   * @throws RangeError for a bad name or text
   */
  encodeField(fieldPath: string | readonly string[], text: string): { offset: number; bytes: Buffer } {
    const [name = '', ...rest] = typeof fieldPath === 'string' ? [fieldPath] : fieldPath;
    const placed = this.find(name);
    const part = encodeValue(placed.field.type, rest, text);
    return { offset: placed.offset + part.offset, bytes: part.bytes };
  }

  /** The fields with their ranges and values in words; `base` is where `buffer[offset]` lies on the volume or device. */
  describe(buffer: Buffer, offset: number, base: number): StructureField[] {
    this.checkBounds(buffer, offset);
    return this.placed.map(({ name, offset: at, field: { type, description, meaning } }) => {
      const value = type.read(buffer, offset + at);
      const words = meaning?.(value);
      return {
        name,
        offset: base + at,
        length: type.size,
        value: words === undefined ? type.format(value) : `${type.format(value)} (${words})`,
        ...(description === undefined ? {} : { description }),
        ...(type.describeParts && { fields: type.describeParts(buffer, offset + at, base + at) }),
      };
    });
  }

  /** A finding for each field whose declared check fails; `base` as in {@link describe}, `code` the prefix of the findings' codes. */
  check(buffer: Buffer, offset: number, base: number, code: string): Finding[] {
    this.checkBounds(buffer, offset);
    return this.placed.flatMap(({ name, offset: at, field: definition }) => {
      const problem = definition.check?.(definition.type.read(buffer, offset + at)) ?? null;
      if (problem === null) return [];
      return [
        {
          severity: 'error' as const,
          code: `${code}.${name}`,
          message: `${this.name}: ${name} ${problem}`,
          ranges: [{ offset: base + at, length: definition.type.size }],
        },
      ];
    });
  }

  /** The structure as the protocol shows it, its declared checks included. */
  instance(buffer: Buffer, offset: number, base: number, code: string): StructureInstance {
    return {
      name: this.name,
      source: this.source,
      offset: base,
      length: this.size,
      fields: this.describe(buffer, offset, base),
      findings: this.check(buffer, offset, base, code),
    };
  }

  /** Rows for the reference page of the format. */
  reference(): { name: string; offset: number; length: number; type: string; description: string }[] {
    return this.placed.map(({ name, offset, field: { type, description } }) => ({
      name,
      offset,
      length: type.size,
      type: type.typeName,
      description: description ?? '',
    }));
  }

  private find(fieldName: string): PlacedField {
    const placed = this.placed.find((candidate) => candidate.name === fieldName);
    if (!placed) throw new RangeError(`${this.name} has no field "${fieldName}"`);
    return placed;
  }

  private checkBounds(buffer: Buffer, offset: number): void {
    if (offset < 0 || offset > buffer.length - this.size) {
      throw new DamagedStructureError(
        this.name,
        `${this.name} needs ${this.size} bytes, but only ${Math.max(0, buffer.length - offset)} are there`,
      );
    }
  }
}

/** Declares a structure; see {@link StructLayout}. */
export function struct<F extends { [K in keyof F]: Field<unknown> }>(
  name: string,
  source: string,
  fields: F,
  options?: { size?: number },
): StructLayout<F> {
  return new StructLayout(name, source, fields, options);
}

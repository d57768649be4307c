/** Schemas shared by all areas. Offsets and lengths are bytes, integers of at most 2^53 − 1, unless a name says otherwise. */
import Type from 'typebox';

/** Bytes: 0 … 2^53 − 1 (8 PiB); anything larger is refused, never rounded. */
export const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const Text = Type.String({ maxLength: 65536 });
export const Name = Type.String({ minLength: 1, maxLength: 256 });
/** An opaque identifier made by the host or the service; valid for the life of the process that made it. */
export const Id = Type.String({ minLength: 1, maxLength: 128 });
/** SHA-256 in lower-case hexadecimal. */
export const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });
/** Small bytes in base64; what is larger travels as a blob. */
export const InlineBytes = Type.String({ maxLength: 131072, pattern: '^[A-Za-z0-9+/]*={0,2}$' });

export const ByteRange = Type.Object({ offset: Bytes, length: Bytes });
export const NamedRange = Type.Object({ offset: Bytes, length: Bytes, name: Name });

/** A content-addressed blob held by the sector service; `bytes` is its size. */
export const BlobRef = Type.Object({ digest: Digest, bytes: Bytes });
/** An extent list blob (docs/formats.md): `count` extents that cover `covered` bytes. */
export const ExtentsRef = Type.Object({ digest: Digest, bytes: Bytes, count: Count, covered: Bytes });

/** One of several strings, keeping each in the type. */
export const oneOf = <T extends string[]>(...values: [...T]) =>
  Type.Union(values.map((value) => Type.Literal(value))) as unknown as OneOf<T>;
type OneOf<T extends string[]> = Type.TUnion<{ [K in keyof T]: Type.TLiteral<T[K]> }>;

export const SectorSize = Type.Union([Type.Literal(512), Type.Literal(4096)]);

/** A right to read given by the host: the connected NBD socket arrives beside it on the descriptor channel, named by `leaseId`. */
export const Lease = Type.Object({
  leaseId: Id,
  /** Size of the leased range in bytes. */
  size: Bytes,
  sectorSize: SectorSize,
  /** Where the leased range starts on its device. */
  offset: Bytes,
});

export const Finding = Type.Object({
  severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
  /** Stable, machine-readable: `gpt.primary.crc`. */
  code: Name,
  message: Text,
  /** Where, on the device or volume that was asked about. */
  ranges: Type.Array(ByteRange, { maxItems: 64 }),
  /** What to do next. */
  todo: Type.Optional(Text),
});

export const VolumeRef = Type.Object({
  deviceId: Id,
  /** Partition number; 0 is the whole device as one volume. */
  partition: Type.Integer({ minimum: 0, maximum: 4294967295 }),
});

/** Bytes to be written, with the reason, as providers hand them to whoever makes a plan. */
export const ProposedWrite = Type.Object({
  offset: Bytes,
  bytes: Type.Union([InlineBytes, BlobRef]),
  structure: Name,
  reason: Text,
});

export const Empty = Type.Object({});
export const Handle = Type.Object({ handle: Id });

export type Direction = 'toPlugin' | 'toHost' | 'both';
/** One row of the protocol. Absent `result` means a notification. */
export interface MessageSchema {
  params: Type.TSchema;
  result?: Type.TSchema;
  direction: Direction;
  /** Capability that the *calling plugin* must have; null when any plugin may call. */
  capability: string | null;
  since: string;
}

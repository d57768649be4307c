/** Start, heartbeat and end of a plugin process. */
import Type from 'typebox';
import { ByteRange, Bytes, Empty, Finding, Id, InlineBytes, Name, Text } from './common';

export const InitializeParams = Type.Object({
  /** Protocol versions the host speaks, inclusive. */
  protocol: Type.Object({ min: Type.Integer(), max: Type.Integer() }),
  pluginId: Id,
  hostVersion: Name,
  /** Absent means no. */
  features: Type.Record(Type.String(), Type.Boolean()),
});
export const InitializeResult = Type.Object({
  protocol: Type.Integer(),
  features: Type.Record(Type.String(), Type.Boolean()),
});

export const LogLevel = Type.Union([Type.Literal('error'), Type.Literal('warn'), Type.Literal('info'), Type.Literal('debug')]);

export const Progress = Type.Object({
  /** The `progressToken` of the request that this reports on. */
  token: Id,
  /** What is being done, in words. */
  stage: Text,
  done: Bytes,
  total: Type.Optional(Bytes),
});

export const messages = {
  initialize: { params: InitializeParams, result: InitializeResult, direction: 'toPlugin', capability: null, since: '0.1' },
  ping: { params: Empty, result: Empty, direction: 'both', capability: null, since: '0.1' },
  shutdown: { params: Empty, result: Empty, direction: 'toPlugin', capability: null, since: '0.1' },
  'log/write': {
    params: Type.Object({ level: LogLevel, message: Text }),
    direction: 'toHost',
    capability: null,
    since: '0.1',
  },
  /** The values of the plugin's own settings (`contributes.settings`) as they are now, defaults included. */
  'settings/read': {
    params: Empty,
    result: Type.Object({ values: Type.Record(Type.String(), Type.Unknown()) }),
    direction: 'toHost',
    capability: null,
    since: '0.2',
  },
  'progress/report': { params: Progress, direction: 'toHost', capability: null, since: '0.1' },
} as const;

/** A field of a structure as the sector view shows it; nested structures have `fields`. */
export const StructureField = Type.Cyclic(
  {
    Field: Type.Object({
      name: Name,
      offset: Bytes,
      length: Bytes,
      /** The value in words, as a person reads it. */
      value: Text,
      description: Type.Optional(Text),
      fields: Type.Optional(Type.Array(Type.Ref('Field'), { maxItems: 4096 })),
    }),
  },
  'Field',
);
/** One on-disk structure found on a volume or device; offsets are from the start of what was asked about. */
export const StructureInstance = Type.Object({
  name: Name,
  /** The specification and section that describes it. */
  source: Text,
  offset: Bytes,
  length: Bytes,
  fields: Type.Array(StructureField, { maxItems: 4096 }),
  findings: Type.Array(Finding, { maxItems: 256 }),
});
export const StructuresPage = Type.Object({
  structures: Type.Array(StructureInstance, { maxItems: 256 }),
  cursor: Type.Union([Id, Type.Null()]),
});
export const StructuresParams = Type.Object({
  handle: Id,
  /** Only structures that meet it are of interest. A provider built before 0.2 answers all of them. */
  range: Type.Optional(ByteRange),
  cursor: Type.Optional(Id),
});
/** A field's new value in the text form that {@link StructureField} shows; the answer is the bytes to write. */
export const EncodeFieldParams = Type.Object({
  handle: Id,
  structureOffset: Bytes,
  structure: Name,
  field: Type.Array(Name, { maxItems: 16 }),
  value: Text,
});
export const EncodeFieldResult = Type.Object({ offset: Bytes, bytes: InlineBytes });

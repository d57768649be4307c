/** The part of JSON Schema that the protocol's meta model uses. */
export interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  patternProperties?: Record<string, Schema>;
  /** A list of schemas is a tuple. */
  items?: Schema | Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  $ref?: string;
  $defs?: Record<string, Schema>;
  [keyword: string]: unknown;
}

/** `sdk/protocol.json`. */
export interface MetaModel {
  protocol: number;
  messages: MetaMessage[];
  documents: Record<string, Schema>;
}
export interface MetaMessage {
  method: string;
  kind: 'request' | 'notification';
  direction: 'toPlugin' | 'toHost' | 'both';
  capability: string | null;
  since: string;
  params: Schema;
  result?: Schema;
}

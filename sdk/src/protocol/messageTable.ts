/** The run-time shape of a protocol: what the generated tables hold, and the types of a method's parameters and result. */
import type { Static, TSchema } from 'typebox';

/** One thing that a validator found wrong. */
export interface ValidationError {
  /** JSON pointer into the value. */
  instancePath: string;
  /** JSON pointer into the schema that failed; relative where a shared part did. */
  schemaPath: string;
  keyword: string;
  message?: string;
  params: Record<string, unknown>;
}
/** A validator compiled at build; `errors` holds what the last call that answered false found. */
export interface Validator {
  (value: unknown): boolean;
  errors?: ValidationError[] | null;
}

export interface MessageDescriptor {
  readonly method: string;
  /** Notifications have no result. */
  readonly kind: 'request' | 'notification';
  readonly direction: 'toPlugin' | 'toHost' | 'both';
  /** Capability that the calling plugin must have; null when any may call. */
  readonly capability: string | null;
  readonly since: string;
  readonly validateParams: Validator;
  readonly validateResult: Validator | null;
}

/** A schema table such as `messages` of `schemas/index.ts`. */
export type SchemaTable = Record<string, { params: TSchema; result?: TSchema }>;
export type RequestMethods<T extends SchemaTable> = { [M in keyof T]: T[M] extends { result: TSchema } ? M : never }[keyof T] &
  string;
export type NotificationMethods<T extends SchemaTable> = Exclude<keyof T & string, RequestMethods<T>>;
export type ParamsOf<T extends SchemaTable, M extends keyof T> = Static<T[M]['params']>;
export type ResultOf<T extends SchemaTable, M extends keyof T> = T[M] extends { result: infer R extends TSchema }
  ? Static<R>
  : void;

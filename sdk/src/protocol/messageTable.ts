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
/** The messages of a protocol by method, as values have them; a notification's result is void. */
export type MessageTypes = Record<string, { params: unknown; result: unknown }>;
/**
 * Looked up here, a type is worked out once, and not again wherever a method is generic. Who hands a call on names its method as type argument: to
 * infer it, the compiler compares all messages with all.
 */
export type MessagesOf<T extends SchemaTable> = {
  [M in keyof T]: { params: Static<T[M]['params']>; result: T[M] extends { result: infer R extends TSchema } ? Static<R> : void };
};
export type RequestMethods<T extends MessageTypes> = { [M in keyof T]: [T[M]['result']] extends [void] ? never : M }[keyof T] &
  string;
export type NotificationMethods<T extends MessageTypes> = Exclude<keyof T & string, RequestMethods<T>>;
export type ParamsOf<T extends MessageTypes, M extends keyof T> = T[M]['params'];
export type ResultOf<T extends MessageTypes, M extends keyof T> = T[M]['result'];

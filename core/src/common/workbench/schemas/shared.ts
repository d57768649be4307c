/** What the schemas of the workbench share. Offsets are bytes from the start of the device unless a name says otherwise. */
import Type from 'typebox';

export const request = <P extends Type.TSchema, R extends Type.TSchema>(params: P, result: R) =>
  ({ params, result, direction: 'toHost', capability: null, since: '0.2' }) as const;
/** To every page that is connected, unless said otherwise. */
export const notification = <P extends Type.TSchema>(params: P) =>
  ({ params, direction: 'toPlugin', capability: null, since: '0.2' }) as const;

export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** Made by the page: names a running operation in later messages, unique in its connection. */
export const Token = Type.String({ minLength: 1, maxLength: 64 });

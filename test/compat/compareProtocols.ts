import { compareSchemas } from './compareSchemas';
import type { MetaMessage, MetaModel, Schema } from './schema';

/** Documents of which the host reads what others wrote; of all other documents both ends may be old. */
const READ_BY_HOST = new Set(['plan', 'manifest']);

/**
 * What a plugin of the older protocol would meet with a host of the newer one, a line each; empty when every such plugin goes on working. Both ends
 * check what they receive with the schemas that they were built with, so it depends on who sends:
 *
 * - what a plugin sends may be taken more widely (new optional fields, wider bounds, further alternatives), never more narrowly;
 * - what a plugin receives may be told more narrowly or with further fields, never with values that it does not know.
 *
 * New messages are no matter, and neither are experimental ones (`x-…`).
 */
export function compareProtocols(older: MetaModel, newer: MetaModel): string[] {
  const version =
    older.protocol === newer.protocol ? [] : [`the protocol's version was ${older.protocol} and is ${newer.protocol}`];
  const messages = older.messages
    .filter(({ method }) => !method.startsWith('x-'))
    .flatMap((message) => {
      const now = newer.messages.find(({ method }) => method === message.method);
      return now ? compareMessages(message, now) : [`${message.method}: was removed`];
    });
  const documents = Object.entries(older.documents).flatMap(([name, schema]) => {
    const now = newer.documents[name];
    if (!now) return [`document ${name}: was removed`];
    return [...sent(schema, now, name), ...(READ_BY_HOST.has(name) ? [] : received(schema, now, name))];
  });
  return [...new Set([...version, ...messages, ...documents])];
}

function compareMessages(older: MetaMessage, newer: MetaMessage): string[] {
  const { method } = older;
  const changed = (['kind', 'direction', 'since'] as const).filter((property) => older[property] !== newer[property]);
  const gated = newer.capability !== null && newer.capability !== older.capability;
  const [calledByPlugin, calledByHost] = [older.direction !== 'toPlugin', older.direction !== 'toHost'];
  const [params, result] = [`${method} params`, `${method} result`];
  return [
    ...changed.map((property) => `${method}: ${property} was ${older[property]} and is ${newer[property]}`),
    ...(gated ? [`${method}: needs the capability ${newer.capability}`] : []),
    ...(calledByPlugin ? sent(older.params, newer.params, params) : []),
    ...(calledByHost ? received(older.params, newer.params, params) : []),
    ...(older.result && newer.result && calledByPlugin ? received(older.result, newer.result, result) : []),
    ...(older.result && newer.result && calledByHost ? sent(older.result, newer.result, result) : []),
  ];
}

/** The plugin writes it by the older schema, the host reads it by the newer. */
const sent = (older: Schema, newer: Schema, at: string): string[] => compareSchemas(newer, older, 'offered', at);
/** The host writes it by the newer schema, the plugin reads it by the older. */
const received = (older: Schema, newer: Schema, at: string): string[] => compareSchemas(older, newer, 'acceptor', at);

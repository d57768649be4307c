import { expect, test } from 'vitest';
import { compareProtocols } from './compareProtocols';
import type { MetaMessage, MetaModel, Schema } from './schema';

const string: Schema = { type: 'string', maxLength: 10 };
const object = (properties: Record<string, Schema>, required: string[] = Object.keys(properties)): Schema => ({
  type: 'object',
  required,
  properties,
});
const either = (...values: unknown[]): Schema => ({ anyOf: values.map((value) => ({ const: value })) });

/** A call of the host to the plugin: the plugin receives `params` and sends `result`. */
const base: MetaMessage = {
  method: 'volume/look',
  kind: 'request',
  direction: 'toPlugin',
  capability: null,
  since: '0.1',
  params: object({ name: string, depth: { type: 'integer', minimum: 0, maximum: 9 }, mode: either('fast', 'whole') }, [
    'name',
    'mode',
  ]),
  result: object({ found: { type: 'array', items: string, maxItems: 4 }, state: either('good', 'bad'), note: string }, [
    'found',
    'state',
  ]),
};
/** The same call the other way round: the plugin sends `params` and receives `result`. */
const toHost: MetaMessage = { ...base, direction: 'toHost' };
const model = (...messages: MetaMessage[]): MetaModel => ({ protocol: 1, messages, documents: {} });

const found = (older: MetaMessage, newer: Partial<MetaMessage>): string[] =>
  compareProtocols(model(older), model({ ...older, ...newer }));
/** The schema with some of its properties other than before (undefined: removed), and perhaps other ones needed. */
function changed(schema: Schema, properties: Record<string, Schema | undefined>, required = schema.required): Schema {
  const all = Object.entries({ ...schema.properties, ...properties }).filter(([, value]) => value !== undefined);
  return { ...schema, properties: Object.fromEntries(all) as Record<string, Schema>, required };
}
const withParams = (properties: Record<string, Schema | undefined>, required?: string[]) => ({
  params: changed(base.params, properties, required),
});
const withResult = (properties: Record<string, Schema | undefined>, required?: string[]) => ({
  result: changed(base.result!, properties, required),
});
const list = (more: Schema): Schema => ({ type: 'array', items: string, maxItems: 4, ...more });

test('a protocol is compatible with itself, and with more messages', () => {
  const more = { ...base, method: 'volume/more' };
  for (const message of [base, toHost]) expect(compareProtocols(model(message), model(more, message))).toEqual([]);
});

test('an experimental message may change and go', () => {
  expect(compareProtocols(model({ ...base, method: 'x-try' }), model())).toEqual([]);
});

test.each<[string, MetaMessage, Partial<MetaMessage>]>([
  ['a new optional field in what the plugin is asked', base, withParams({ more: string })],
  ['a new needed field in what the plugin is asked', base, withParams({ more: string }, ['name', 'mode', 'more'])],
  ['a narrower bound in what the plugin is asked', base, withParams({ depth: { type: 'integer', minimum: 1, maximum: 5 } })],
  ['a new optional field in what the plugin answers', base, withResult({ more: string })],
  ['a wider bound in what the plugin answers', base, withResult({ found: list({ maxItems: 8 }) })],
  ['a further value in what the plugin answers', base, withResult({ state: either('good', 'bad', 'ugly') })],
  ['a field in what the plugin answers that is needed no more', base, withResult({}, ['found'])],
  ['a new optional field in what the plugin asks', toHost, withParams({ more: string })],
  ['a wider bound in what the plugin asks', toHost, withParams({ name: { type: 'string', maxLength: 20 } })],
  ['a wider type in what the plugin asks', toHost, withParams({ depth: { type: 'number' } })],
  ['a new field in what the plugin is answered', toHost, withResult({ more: string }, ['found', 'state', 'more'])],
  ['no capability where one was needed', { ...base, capability: 'device.read' }, { capability: null }],
])('compatible: %s', (_name, older, newer) => {
  expect(found(older, newer)).toEqual([]);
});

test.each<[string, MetaMessage, Partial<MetaMessage>, string]>([
  [
    'a removed field in what the plugin is asked',
    base,
    withParams({ depth: undefined }),
    'volume/look params.depth: was removed',
  ],
  ['a removed field in what the plugin answers', base, withResult({ note: undefined }), 'volume/look result.note: was removed'],
  [
    'a new needed field in what the plugin asks',
    toHost,
    withParams({ more: string }, ['name', 'mode', 'more']),
    'volume/look params.more: is needed, but may be missing',
  ],
  [
    'a new needed field in what the plugin answers',
    base,
    withResult({}, ['found', 'state', 'note']),
    'volume/look result.note: is needed, but may be missing',
  ],
  [
    'a field that the plugin may now miss',
    base,
    withParams({}, ['name']),
    'volume/look params.mode: is needed, but may be missing',
  ],
  [
    'a narrower bound in what the plugin asks',
    toHost,
    withParams({ name: { type: 'string', maxLength: 5 } }),
    'volume/look params.name: maxLength is 10 where only 5 is taken',
  ],
  [
    'a new bound in what the plugin asks',
    toHost,
    withParams({ name: { type: 'string', maxLength: 10, minLength: 1 } }),
    'volume/look params.name: minLength is open where only 1 is taken',
  ],
  [
    'a wider bound in what the plugin is asked',
    base,
    withParams({ depth: { type: 'integer', minimum: 0, maximum: 99 } }),
    'volume/look params.depth: maximum is 99 where only 9 is taken',
  ],
  [
    'a value less in what the plugin answers',
    base,
    withResult({ state: either('good') }),
    'volume/look result.state: "bad" is not "good"',
  ],
  [
    'a further value in what the plugin is asked',
    base,
    withParams({ mode: either('fast', 'whole', 'deep') }),
    'volume/look params.mode: "deep" is not "fast"',
  ],
  ['another type', toHost, withParams({ name: { type: 'integer' } }), 'volume/look params.name: string is not integer'],
  [
    'a narrower type of items',
    base,
    withResult({ found: list({ items: { type: 'string', maxLength: 2 } }) }),
    'volume/look result.found[]: maxLength is 10 where only 2 is taken',
  ],
  [
    'a new pattern',
    toHost,
    withParams({ name: { type: 'string', maxLength: 10, pattern: '^a' } }),
    'volume/look params.name: another pattern',
  ],
  [
    'a keyword that nobody knows here',
    toHost,
    withParams({ name: { ...string, format: 'email' } }),
    'volume/look params.name: another format',
  ],
  [
    'a closed object',
    toHost,
    { params: { ...base.params, additionalProperties: false } },
    'volume/look params: may have fields that are not known',
  ],
  ['another direction', base, { direction: 'both' }, 'volume/look: direction was toPlugin and is both'],
  ['a notification of a request', base, { kind: 'notification' }, 'volume/look: kind was request and is notification'],
  ['a new capability', base, { capability: 'network' }, 'volume/look: needs the capability network'],
])('incompatible: %s', (_name, older, newer, message) => {
  expect(found(older, newer)).toEqual([message]);
});

test('a removed message is incompatible', () => {
  expect(compareProtocols(model(base), model())).toEqual(['volume/look: was removed']);
});

test('what goes both ways must fit both ways', () => {
  const both: MetaMessage = { ...base, direction: 'both' };
  expect(found(both, withParams({ depth: { type: 'integer', minimum: 0, maximum: 99 } }))).toHaveLength(1);
  expect(found(both, withParams({ depth: { type: 'integer', minimum: 0, maximum: 5 } }))).toHaveLength(1);
  expect(found(both, withParams({ more: string }))).toEqual([]);
});

test('a schema that holds itself is compared, too', () => {
  const tree = (leaf: Schema): Schema => ({
    $defs: { Node: object({ leaf, nodes: { type: 'array', items: { $ref: 'Node' } } }, ['leaf']) },
    $ref: 'Node',
  });
  const older: MetaMessage = { ...toHost, params: object({ tree: tree(string) }) };
  expect(found(older, {})).toEqual([]);
  expect(found(older, { params: object({ tree: tree({ type: 'string', maxLength: 9 }) }) })).toEqual([
    'volume/look params.tree.leaf: maxLength is 10 where only 9 is taken',
  ]);
});

test('documents: old plans and manifests are read, and what the host writes can be read by old readers', () => {
  const documents = (plan: Schema, layout: Schema): MetaModel => ({ protocol: 1, messages: [], documents: { plan, layout } });
  const older = documents(object({ steps: string }), object({ partitions: string }));
  expect(
    compareProtocols(older, documents(object({ steps: string, notes: string }, ['steps']), older.documents['layout']!)),
  ).toEqual([]);
  expect(compareProtocols(older, documents(object({ steps: string, notes: string }), older.documents['layout']!))).toEqual([
    'plan.notes: is needed, but may be missing',
  ]);
  expect(compareProtocols(older, documents(older.documents['plan']!, object({ partitions: { type: 'string' } })))).toEqual([
    'layout.partitions: maxLength is open where only 10 is taken',
  ]);
});

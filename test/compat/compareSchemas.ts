import type { Schema } from './schema';

/** Bounds, and on which side the acceptor's has to lie for it to take all that is offered. */
const LOWER = ['minimum', 'minLength', 'minItems'] as const;
const UPPER = ['maximum', 'maxLength', 'maxItems'] as const;
const UNDERSTOOD = new Set<string>([
  ...[
    'type',
    'const',
    'enum',
    'anyOf',
    'properties',
    'required',
    'additionalProperties',
    'patternProperties',
    'items',
    'pattern',
  ],
  ...['$ref', '$defs', '$id', 'title', 'description', 'default', ...LOWER, ...UPPER],
]);

/** Who made what the schema describes, and which of the two schemas is the older one. */
interface Comparison {
  older: 'acceptor' | 'offered';
  /** Pairs of references on the way down: a schema that holds itself is compared once. */
  readonly open: ReadonlySet<string>;
  readonly acceptorDefinitions: Record<string, Schema>;
  readonly offeredDefinitions: Record<string, Schema>;
}

/**
 * Why something that is valid by the schema `offered` may be refused by who checks with the schema `acceptor`, or misses a field that there was:
 * a line each, with its path. Empty when everything fits. What it cannot judge it reports.
 */
export function compareSchemas(acceptor: Schema, offered: Schema, older: Comparison['older'], at: string): string[] {
  return compare(acceptor, offered, at, { older, open: new Set(), acceptorDefinitions: {}, offeredDefinitions: {} });
}

function compare(acceptor: Schema, offered: Schema, at: string, comparison: Comparison): string[] {
  const within: Comparison = {
    ...comparison,
    acceptorDefinitions: { ...comparison.acceptorDefinitions, ...acceptor.$defs },
    offeredDefinitions: { ...comparison.offeredDefinitions, ...offered.$defs },
  };
  if (acceptor.$ref !== undefined || offered.$ref !== undefined) return compareReferences(acceptor, offered, at, within);
  const accepted = alternativesOf(acceptor);
  return alternativesOf(offered).flatMap((alternative) => {
    const attempts = accepted.map((candidate) => compareOne(candidate, alternative, at, within));
    // The one with the fewest problems is what was meant.
    return attempts.sort((a, b) => a.length - b.length)[0] ?? [`${at}: nothing is allowed`];
  });
}

function compareReferences(acceptor: Schema, offered: Schema, at: string, comparison: Comparison): string[] {
  const pair = `${acceptor.$ref ?? JSON.stringify(acceptor)} ${offered.$ref ?? JSON.stringify(offered)}`;
  if (comparison.open.has(pair)) return [];
  const target = (schema: Schema, definitions: Record<string, Schema>): Schema | undefined =>
    schema.$ref === undefined ? schema : definitions[schema.$ref.replace('#/$defs/', '')];
  const [resolved, other] = [target(acceptor, comparison.acceptorDefinitions), target(offered, comparison.offeredDefinitions)];
  if (!resolved || !other) return [`${at}: a reference to nothing`];
  return compare(resolved, other, at, { ...comparison, open: new Set([...comparison.open, pair]) });
}

function alternativesOf(schema: Schema): Schema[] {
  if (schema.anyOf) return schema.anyOf.flatMap(alternativesOf);
  return schema.enum ? schema.enum.map((value) => ({ const: value })) : [schema];
}

function compareOne(acceptor: Schema, offered: Schema, at: string, comparison: Comparison): string[] {
  if ('const' in acceptor)
    return sameJson(acceptor.const, offered.const) ? [] : [`${at}: ${inWords(offered)} is not ${inWords(acceptor)}`];
  if ('const' in offered) return compareConstant(acceptor, offered.const, at);
  const typed =
    acceptor.type === undefined || acceptor.type === offered.type || (acceptor.type === 'number' && offered.type === 'integer');
  if (!typed) return [`${at}: ${inWords(offered)} is not ${inWords(acceptor)}`];
  return [
    ...compareBounds(acceptor, offered, at),
    ...compareFields(acceptor, offered, at, comparison),
    ...compareItems(acceptor, offered, at, comparison),
    ...compareRest(acceptor, offered, at),
  ];
}

function compareConstant(acceptor: Schema, value: unknown, at: string): string[] {
  const type = value === null ? 'null' : typeof value;
  const fits = acceptor.type === undefined || acceptor.type === type || (acceptor.type === 'integer' && Number.isInteger(value));
  const size = typeof value === 'string' ? value.length : undefined;
  const within = (size ?? 0) >= (acceptor.minLength ?? 0) && (size ?? 0) <= (acceptor.maxLength ?? Infinity);
  const matches = acceptor.pattern === undefined || (typeof value === 'string' && new RegExp(acceptor.pattern).test(value));
  return fits && within && matches ? [] : [`${at}: ${JSON.stringify(value)} is not ${inWords(acceptor)}`];
}

function compareBounds(acceptor: Schema, offered: Schema, at: string): string[] {
  const lower = LOWER.filter((bound) => acceptor[bound] !== undefined && !((offered[bound] ?? -Infinity) >= acceptor[bound]));
  const upper = UPPER.filter((bound) => acceptor[bound] !== undefined && !((offered[bound] ?? Infinity) <= acceptor[bound]));
  return [...lower, ...upper].map(
    (bound) => `${at}: ${bound} is ${offered[bound] ?? 'open'} where only ${acceptor[bound]} is taken`,
  );
}

function compareFields(acceptor: Schema, offered: Schema, at: string, comparison: Comparison): string[] {
  const [known, given] = [acceptor.properties ?? {}, offered.properties ?? {}];
  const [older, newer] = comparison.older === 'acceptor' ? [known, given] : [given, known];
  const removed = Object.keys(older).filter((name) => !(name in newer));
  const missing = (acceptor.required ?? []).filter((name) => !offered.required?.includes(name) && !removed.includes(name));
  const closed = acceptor.additionalProperties === false;
  const unknown = closed ? Object.keys(given).filter((name) => !(name in known) && !removed.includes(name)) : [];
  const opened = closed && acceptor.type === 'object' && offered.additionalProperties !== false;
  return [
    ...removed.map((name) => `${at}.${name}: was removed`),
    ...missing.map((name) => `${at}.${name}: is needed, but may be missing`),
    ...unknown.map((name) => `${at}.${name}: is not known`),
    ...(opened ? [`${at}: may have fields that are not known`] : []),
    ...Object.keys(known).flatMap((name) =>
      name in given ? compare(known[name]!, given[name]!, `${at}.${name}`, comparison) : [],
    ),
    ...comparePatterns(acceptor, offered, at, comparison),
  ];
}

function comparePatterns(acceptor: Schema, offered: Schema, at: string, comparison: Comparison): string[] {
  const [known, given] = [acceptor.patternProperties ?? {}, offered.patternProperties ?? {}];
  if (!sameJson(Object.keys(known), Object.keys(given))) return [`${at}: names of fields are patterns, and others than before`];
  return Object.keys(known).flatMap((pattern) => compare(known[pattern]!, given[pattern]!, `${at}[*]`, comparison));
}

function compareItems(acceptor: Schema, offered: Schema, at: string, comparison: Comparison): string[] {
  const [known, given] = [acceptor.items, offered.items];
  if (known === undefined) return [];
  if (given === undefined || Array.isArray(known) !== Array.isArray(given)) return [`${at}: items are of another kind`];
  if (!Array.isArray(known) || !Array.isArray(given)) return compare(known as Schema, given as Schema, `${at}[]`, comparison);
  if (known.length !== given.length) return [`${at}: ${given.length} items where ${known.length} are taken`];
  return known.flatMap((item, index) => compare(item, given[index]!, `${at}[${index}]`, comparison));
}

/** A pattern must stay what it is, and so must every keyword that this comparison knows nothing of. */
function compareRest(acceptor: Schema, offered: Schema, at: string): string[] {
  const others = Object.keys(acceptor).filter((keyword) => keyword === 'pattern' || !UNDERSTOOD.has(keyword));
  return others.filter((keyword) => !sameJson(acceptor[keyword], offered[keyword])).map((keyword) => `${at}: another ${keyword}`);
}

function inWords(schema: Schema): string {
  return 'const' in schema ? JSON.stringify(schema.const) : (schema.type ?? 'anything');
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

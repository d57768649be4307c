// Compiles the message and document schemas into validators (no schema library is left at run time) and writes the protocol's meta model.
import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const capitalised = (name) => name[0].toUpperCase() + name.slice(1);

/** The schema modules are TypeScript: bundle them for Node, then import the result. */
async function load(entry) {
  const outfile = join(root, '.cache', 'schemas', `${entry.replaceAll('/', '-')}.mjs`);
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    conditions: ['diskwright-source'],
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  return import(`${pathToFileURL(outfile).href}?${Date.now()}`);
}

/** Sub-schemas that occur more than once become functions of their own, or the validators would grow to a megabyte. */
function shareCommonParts(schemas) {
  const seen = new Map();
  const worthSharing = (node) =>
    (node.type === 'object' || node.anyOf) && !node.$id && !node.$defs && JSON.stringify(node).length > 160;
  const visit = (node, action) => {
    if (Array.isArray(node)) return node.map((item) => visit(item, action));
    if (node === null || typeof node !== 'object') return node;
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value, action)]));
    return worthSharing(copy) ? action(copy) : copy;
  };
  /** What lies in a part that is shared anyway is no part of its own: paths in errors would lead nowhere. */
  const count = (node) => {
    if (node === null || typeof node !== 'object') return;
    if (!Array.isArray(node) && worthSharing(node)) {
      const text = JSON.stringify(node);
      const times = (seen.get(text) ?? 0) + 1;
      seen.set(text, times);
      if (times > 1) return;
    }
    Object.values(node).forEach(count);
  };
  Object.values(schemas).forEach(count);
  const shared = {};
  const ids = new Map();
  const replace = (node) => {
    const text = JSON.stringify(resolve(node));
    if (seen.get(text) < 2) return node;
    if (!ids.has(text)) {
      ids.set(text, `shared${ids.size}`);
      shared[ids.get(text)] = node;
    }
    return { $ref: ids.get(text) };
  };
  /** The original of a schema in which parts were already replaced: what `seen` was counted with. */
  const resolve = (node) => {
    if (Array.isArray(node)) return node.map(resolve);
    if (node === null || typeof node !== 'object') return node;
    if (typeof node.$ref === 'string' && shared[node.$ref]) return resolve(shared[node.$ref]);
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolve(value)]));
  };
  const rewritten = Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, visit(schema, replace)]));
  return { ...shared, ...rewritten };
}

function compile(schemas, options) {
  // Lengths of text in UTF-16 units: counting code points would need a module of ajv at run time, which no packed plugin has. Ajv calls the option
  // deprecated at every start; hence no logger.
  const quiet = { unicode: false, logger: false };
  const ajv = new Ajv.default({ code: { source: true, esm: true }, strict: false, inlineRefs: false, ...quiet, ...options });
  const plainSchemas = Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema)]));
  for (const [id, schema] of Object.entries(shareCommonParts(plainSchemas))) ajv.addSchema(schema, id);
  return standaloneCode.default(ajv, Object.fromEntries(Object.keys(schemas).map((id) => [id, id])));
}
const plain = (schema) => JSON.parse(JSON.stringify(schema));

async function write(path, text) {
  await mkdir(dirname(path), { recursive: true });
  if ((await readFile(path, 'utf8').catch(() => null)) !== text) await writeFile(path, text);
}

/** Validators and the typed table of one protocol, into `folder`; without those of results when nobody receives any. */
async function generateProtocol(entry, folder, exportName, { results = true } = {}) {
  const { messages } = await load(entry);
  const schemas = {};
  const rows = [];
  let index = 0;
  for (const [method, row] of Object.entries(messages)) {
    const key = `v${index++}`;
    schemas[`${key}p`] = row.params;
    if (row.result && results) schemas[`${key}r`] = row.result;
    rows.push(
      `  ${JSON.stringify(method)}: { method: ${JSON.stringify(method)}, kind: ${row.result ? "'request'" : "'notification'"}, direction: ${JSON.stringify(row.direction)}, ` +
        `capability: ${JSON.stringify(row.capability)}, since: ${JSON.stringify(row.since)}, validateParams: v.${key}p, validateResult: ${row.result && results ? `v.${key}r` : 'null'} },`,
    );
  }
  await write(join(root, folder, 'validators.js'), compile(schemas, { allErrors: false }));
  await write(
    join(root, folder, 'validators.d.ts'),
    `import type { Validator } from '${folder.startsWith('sdk') ? '../messageTable' : '@diskwright/sdk/protocol'}';\n` +
      Object.keys(schemas)
        .map((id) => `export const ${id}: Validator;\n`)
        .join(''),
  );
  await write(
    join(root, folder, 'messages.ts'),
    `// Generated by scripts/generate.mjs from ${entry}.\nimport type { MessageDescriptor } from '${folder.startsWith('sdk') ? '../messageTable' : '@diskwright/sdk/protocol'}';\nimport * as v from './validators.js';\n\n` +
      `export const ${exportName}: Record<string, MessageDescriptor> = {\n${rows.join('\n')}\n};\n`,
  );
  return messages;
}

async function generateDocuments(entry, folder) {
  const { documents } = await load(entry);
  const names = Object.fromEntries(Object.entries(documents).map(([name, schema]) => [`validate${capitalised(name)}`, schema]));
  await write(join(root, folder, 'documents.js'), compile(names, { allErrors: true }));
  await write(
    join(root, folder, 'documents.d.ts'),
    `import type { Validator } from '../messageTable';\n` +
      Object.keys(names)
        .map((name) => `export const ${name}: Validator;\n`)
        .join(''),
  );
  return documents;
}

const messages = await generateProtocol('sdk/src/protocol/schemas/index.ts', 'sdk/src/protocol/generated', 'pluginMessages');
const documents = await generateDocuments('sdk/src/protocol/schemas/index.ts', 'sdk/src/protocol/generated');
await generateProtocol('core/src/common/schemas/index.ts', 'core/src/common/generated', 'serviceMessages');
// Pages trust the host that sent them, so only what pages ask is checked.
await generateProtocol('core/src/common/workbench/schemas/index.ts', 'core/src/common/workbench/generated', 'workbenchMessages', {
  results: false,
});

const metaModel = {
  protocol: 1,
  messages: Object.entries(messages).map(([method, row]) => ({
    method,
    kind: row.result ? 'request' : 'notification',
    direction: row.direction,
    capability: row.capability,
    since: row.since,
    params: plain(row.params),
    ...(row.result ? { result: plain(row.result) } : {}),
  })),
  documents: plain(documents),
};
await write(join(root, 'sdk', 'protocol.json'), `${JSON.stringify(metaModel, null, 1)}\n`);

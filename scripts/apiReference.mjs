// The reference of the SDK, out of its types and docstrings and of the protocol's meta model: a page a module, as Markdown.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './shared.mjs';

const sdk = join(root, 'sdk');

/** Name of the module → its source, as `exports` of the package say. */
async function modules() {
  const { exports } = JSON.parse(await readFile(join(sdk, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([path, target]) => {
    const source = target['diskwright-source'];
    const isModule = typeof source === 'string' && source.endsWith('.ts') && !path.includes('*');
    return isModule ? [[path.replace(/^\.\/?/, ''), join(sdk, source)]] : [];
  });
}

const docsOf = (symbol, checker) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();

function tagsOf(symbol, checker) {
  return symbol.getJsDocTags(checker).map(({ name, text }) => `* \`@${name}\` ${ts.displayPartsToString(text)}`);
}

/** A declaration without what it does inside, and without what is nobody's business. */
function signature(declaration) {
  const file = declaration.getSourceFile();
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const { outputText } = ts.transpileDeclaration(statement.getText(file), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, removeComments: false },
  });
  return outputText
    .replace(/^export declare /gm, '')
    .replace(/^ +private .*\n/gm, '')
    .replace(/^export \{\};\n/gm, '')
    .trim();
}

function describe(symbol, checker) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.declarations?.[0];
  if (!declaration || declaration.getSourceFile().fileName.includes('node_modules')) return null;
  const code = signature(declaration);
  const parts = [`## ${symbol.name}`, docsOf(target, checker), tagsOf(target, checker).join('\n'), `\`\`\`ts\n${code}\n\`\`\``];
  return parts.filter((part) => part !== '').join('\n\n');
}

function page(name, file, program) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(source));
  const sorted = [...symbols].sort((a, b) => (a.name < b.name ? -1 : 1));
  const head =
    /^\/\*\*([\s\S]*?)\*\//
      .exec(source.text)?.[1]
      .replace(/^\s*\* ?/gm, '')
      .trim() ?? '';
  const title = ['@diskwright/sdk', name].filter(Boolean).join('/');
  return [`# ${title}`, head, ...sorted.map((symbol) => describe(symbol, checker)).filter(Boolean), ''].join('\n\n');
}

const DIRECTIONS = { toPlugin: 'host to plugin', toHost: 'plugin to host', both: 'either' };

async function protocolPage() {
  const { messages } = JSON.parse(await readFile(join(sdk, 'protocol.json'), 'utf8'));
  const rows = messages.map(
    ({ method, kind, direction, capability, since }) =>
      `| [\`${method}\`](#${method.replace(/[^a-zA-Z]/g, '').toLowerCase()}) | ${kind} | ${DIRECTIONS[direction]} | ${capability ?? ''} | ${since} |`,
  );
  const block = (title, schema) => (schema ? [`${title}:`, `\`\`\`json\n${JSON.stringify(schema, null, 1)}\n\`\`\``] : []);
  const details = messages.flatMap(({ method, params, result }) => [
    `## ${method}`,
    ...block('Parameters', params),
    ...block('Result', result),
  ]);
  const table = ['| message | | from | capability | since |', '|---|---|---|---|---|', ...rows].join('\n');
  return ['# Messages of the plugin protocol', 'Generated from `protocol.json`.', table, ...details, ''].join('\n\n');
}

/** Writes the pages. @param folder where to; made when it is not there. @returns their names */
export async function writeApiReference(folder) {
  const entries = await modules();
  const program = ts.createProgram(
    entries.map(([, file]) => file),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      customConditions: ['diskwright-source'],
      skipLibCheck: true,
      noEmit: true,
      types: ['node'],
    },
  );
  await mkdir(folder, { recursive: true });
  const pages = entries.map(([name, file]) => [name === '' ? 'index' : name, page(name, file, program)]);
  pages.push(['messages', await protocolPage()]);
  for (const [name, text] of pages) await writeFile(join(folder, `${name}.md`), text.replace(/\n{3,}/g, '\n\n'));
  return pages.map(([name]) => name);
}

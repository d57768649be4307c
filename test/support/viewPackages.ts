/** Plugins with a view, made at test time. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectFolder } from './cli';
import { bundle, manifest, packed, writePackage } from './pluginPackages';

export interface ViewPackage {
  /** The plugin's id is `vendor.NAME`. */
  name: string;
  title: string;
  version?: string;
  location?: 'sidebar' | 'panel' | 'editor';
  /** Of the page's body. */
  html?: string;
  /** TypeScript that may import the SDK. */
  page: string;
  /** The body of what answers the view's requests: an object's members, by name; `context` is the view's. */
  requests?: string;
  /** Further files beside the page. */
  files?: Record<string, string>;
}

/** Writes the package of a plugin with one view `NAME.view`; answers its path. */
export async function viewPackage(folder: string, options: ViewPackage): Promise<string> {
  const { name, title, version = '1.0.0', location = 'panel', html = '', page, requests = '', files = {} } = options;
  const view = { id: `${name}.view`, title, location, entry: 'view/index.html' };
  const section = { displayName: title, contributes: { views: [view] } };
  const main = await bundle(`
    import { definePlugin } from '@diskwright/sdk';
    export default definePlugin({ views: { '${name}.view': { open: (context) => ({ requests: { ${requests} } }) } } });
  `);
  const whole = `<!doctype html><meta charset="utf-8"><title>${title}</title><body>${html}<script type="module" src="index.js"></script>`;
  const all = { 'index.html': whole, 'index.js': await pageScript(page), ...files };
  const entries = Object.entries(all).map(([path, content]) => ({ path: `package/view/${path}`, content }));
  const archive = join(folder, `${name}-${version}.tgz`);
  return writePackage(archive, packed(manifest({ name: `@vendor/${name}`, version }, section), main, entries));
}

async function pageScript(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: join(projectFolder, 'test', 'support'), loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    conditions: ['diskwright-source'],
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

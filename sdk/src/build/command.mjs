#!/usr/bin/env node
/** The program `diskwright-plugin`, for the scripts of a plugin's package.json. */
import { parseArgs } from 'node:util';
import { bundlePlugin, checkTypes, runTests, watchPlugin } from './index.mjs';

const USAGE = `Use: diskwright-plugin build [--watch] [--debug] | check | test [--inspect]    (in the plugin's folder)
  build    checks the types and bundles src/main.ts as dist/main.cjs, and the pages of src/view to dist/view
           --watch: again whenever a file changes; --debug: readable, with a map of the sources
  check    checks the types only
  test     runs the tests, src/**/*.test.ts
           --inspect: waits for a debugger, such as chrome://inspect or that of an editor
`;

async function build(folder, { watch, debug }) {
  if (!watch) {
    await checkTypes(folder);
    await bundlePlugin({ folder, sourceMap: debug });
    return 0;
  }
  await watchPlugin({ folder, sourceMap: debug }, (problem) => process.stderr.write(`${problem ?? 'built'}\n`));
  return new Promise(() => undefined);
}

async function run() {
  const folder = process.cwd();
  const options = {
    watch: { type: 'boolean' },
    debug: { type: 'boolean' },
    inspect: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  };
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  switch (positionals.join(' ')) {
    case 'build':
      return build(folder, values);
    case 'check':
      await checkTypes(folder);
      return 0;
    case 'test':
      return runTests(folder, values);
    default:
      process.stderr.write(USAGE);
      return 2;
  }
}

run().then(
  (status) => (process.exitCode = status),
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);

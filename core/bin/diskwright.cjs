#!/usr/bin/env node
// Starts the built command line; says what to do when it is not built yet.
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');
process.env.DISKWRIGHT_DIST ??= join(root, 'dist');
process.env.DISKWRIGHT_NATIVE ??= join(root, 'native', 'build', 'Release');
const program = join(process.env.DISKWRIGHT_DIST, 'cli.cjs');
if (!existsSync(program)) {
  process.stderr.write('diskwright is not built yet: run "npm run setup" in its folder\n');
  process.exit(1);
}
require(program);

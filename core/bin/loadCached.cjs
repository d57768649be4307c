// Runs a bundle with V8's code cache. Each command has its own, which its first run leaves behind with the functions that it needed.
'use strict';
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

/** Runs the CommonJS module `file` and answers its exports. V8 compares only the length of a source with its cache, so `cacheName`, a path, must name the content. */
exports.run = (file, cacheName) => {
  const cacheFile = `${cacheName}${commandWord()}.v8`;
  const cachedData = readIfThere(cacheFile);
  const script = new Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file, cachedData });
  if (!cachedData || script.cachedDataRejected) process.once('exit', () => store(script, cacheFile));
  const module = new Module(file, null);
  module.filename = file;
  script.runInThisContext().call(module.exports, module.exports, Module.createRequire(file), module, file, dirname(file));
  return module.exports;
};

/** What tells commands apart; nothing where it would be no part of a file's name. */
function commandWord() {
  const word = process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? '';
  return /^[a-z]{1,16}$/.test(word) ? `.${word}` : '';
}

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Whole or not at all; an installation that cannot be written just starts a little slower. */
function store(script, cacheFile) {
  const temporary = `${cacheFile}.${process.pid}`;
  try {
    mkdirSync(dirname(cacheFile), { recursive: true });
    writeFileSync(temporary, script.createCachedData(), { mode: 0o644 });
    renameSync(temporary, cacheFile);
  } catch {
    rmSync(temporary, { force: true });
  }
}

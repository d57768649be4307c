// Runs a bundle with V8's code cache. Each command has its own, which its runs leave behind with the functions that they needed.
'use strict';
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

/** Behind the cache: how many bytes of bytecode there were when it was made. */
const SIZE_BYTES = 8;
/** A run that needed so much more than those before, as a part of it, makes the cache anew: with theirs, and what it compiled itself. */
const WORTHWHILE_GROWTH = 1.05;
/** Exit status of what was called wrongly, and so did nothing. */
const WRONG_USE = 2;

/** Runs the CommonJS module `file` and answers its exports. V8 compares only the length of a source with its cache, so `cacheName`, a path, must name the content. */
exports.run = (file, cacheName) => {
  const cacheFile = `${cacheName}${commandWord()}.v8`;
  const stored = readIfThere(cacheFile);
  const cachedData = stored?.subarray(0, -SIZE_BYTES);
  const script = new Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file, cachedData });
  const bytecodeBytes = !stored || script.cachedDataRejected ? 0 : stored.readDoubleLE(stored.length - SIZE_BYTES);
  process.once('exit', (status) => {
    if (status !== WRONG_USE) storeWhereWorthwhile(script, cacheFile, bytecodeBytes);
  });
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

/** Undefined also where it cannot be whole. */
function readIfThere(file) {
  try {
    const bytes = readFileSync(file);
    return bytes.length > SIZE_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all; an installation that cannot be written just starts a little slower. @param known bytes of bytecode in the cache */
function storeWhereWorthwhile(script, cacheFile, known) {
  const size = require('node:v8').getHeapCodeStatistics().bytecode_and_metadata_size;
  if (size <= known * WORTHWHILE_GROWTH) return;
  const temporary = `${cacheFile}.${process.pid}`;
  try {
    mkdirSync(dirname(cacheFile), { recursive: true });
    const sizeBytes = Buffer.alloc(SIZE_BYTES);
    sizeBytes.writeDoubleLE(size);
    writeFileSync(temporary, Buffer.concat([script.createCachedData(), sizeBytes]), { mode: 0o644 });
    renameSync(temporary, cacheFile);
  } catch {
    rmSync(temporary, { force: true });
  }
}

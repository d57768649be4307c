import { PLUGIN_PROCESS_VARIABLE } from '@diskwright/sdk/runtime';

/** Descriptors at which the launcher leaves the plugin's bundle and its V8 code cache (empty where there is none). */
export const MAIN_DESCRIPTOR = 6;
export const CACHE_DESCRIPTOR = 7;

/** Exit status of a plugin's process whose heap is full: V8 itself would go on for long, collecting garbage that is none. */
export const HEAP_FULL_STATUS = 113;
/** Of what V8 calls the limit, the young generation included, which it never lets the old one have; beyond it nearly all time goes into collecting. */
const HEAP_FULL = 0.65;
const HEAP_LOOK_MILLISECONDS = 500;

/** Exit status of a plugin's process that tried to start programs so often that it cannot be an oversight. */
export const REFUSED_STARTS_STATUS = 112;
const REFUSED_STARTS = 100;

/**
 * V8 takes a code cache, those of Node's own modules among them, only with the very flags that it was made with. The limit of the heap has done its work
 * when the heap is made: put back to what it is without a flag, all caches fit.
 */
const FORGET_HEAP_FLAG = `require('node:v8').setFlagsFromString('--max-old-space-size=0');`;

/**
 * Buffers that come from sockets count as memory of the heap's, so that V8 would mark it again and again, on all processors, though hardly anything lives there:
 * of a long listing that was a third of the work. Nobody waits for a plugin's next frame: it may stand still while all is marked at once, which V8 does far less
 * often. After the bundle is run, for the sake of the caches.
 */
const MARK_AT_ONCE = `v8.setFlagsFromString('--no-incremental-marking');`;

/**
 * What Node runs first in a plugin's process (`node -e`, CommonJS): it takes the bundle from its descriptor and runs it as the
 * module that the first argument names, telling it that it runs as a plugin. By descriptor, because the plugin's own user may be unable to reach the file.
 *
 * Starting a program fails there (the system call filter refuses it); one that goes on trying would only burn processor time, so it is ended, and the
 * reason is known. Native code could go around this, and gains nothing by it.
 *
 * The heap is asked of V8: `process.memoryUsage()` reads /proc as well, which the sandbox may refuse.
 *
 * The block keeps its names out of the plugin's global scope. A code cache that does not fit is passed over by V8.
 */
export const pluginBootstrap = `'use strict';
{
  ${FORGET_HEAP_FLAG}
  const fs = require('node:fs');
  const vm = require('node:vm');
  const Module = require('node:module');
  const filename = process.argv[1];
  process.env['${PLUGIN_PROCESS_VARIABLE}'] = '1';
  const take = (descriptor, encoding) => {
    const content = fs.readFileSync(descriptor, encoding);
    fs.closeSync(descriptor);
    return content;
  };
  const { ChildProcess } = require('node:child_process');
  const start = ChildProcess.prototype.spawn;
  let refused = 0;
  ChildProcess.prototype.spawn = function (options) {
    let started = false;
    try {
      const error = start.call(this, options);
      started = error === 0;
      return error;
    } finally {
      if (!started && ++refused >= ${REFUSED_STARTS}) process.reallyExit(${REFUSED_STARTS_STATUS});
    }
  };
  const v8 = require('node:v8');
  const most = v8.getHeapStatistics().heap_size_limit * ${HEAP_FULL};
  setInterval(() => {
    if (v8.getHeapStatistics().used_heap_size < most) return;
    // Much of it may be garbage that V8 saw no reason yet to collect.
    v8.setFlagsFromString('--expose-gc');
    vm.runInNewContext('gc')();
    if (v8.getHeapStatistics().used_heap_size > most) process.reallyExit(${HEAP_FULL_STATUS});
  }, ${HEAP_LOOK_MILLISECONDS}).unref();
  const source = Module.wrap(take(${MAIN_DESCRIPTOR}, 'utf8'));
  const cache = take(${CACHE_DESCRIPTOR});
  const script = new vm.Script(source, { filename, cachedData: cache.length > 0 ? cache : undefined });
  const plugin = new Module(filename, null);
  plugin.filename = filename;
  const folder = require('node:path').dirname(filename);
  script.runInThisContext().call(plugin.exports, plugin.exports, Module.createRequire(filename), plugin, filename, folder);
  plugin.loaded = true;
  ${MARK_AT_ONCE}
}`;

/**
 * Compiles a bundle as the bootstrap does, without running it, and writes V8's code cache beside its final name first, so that
 * a half-written cache is never read. All functions are compiled: which of them will be needed is not known, and to compile those takes each start longer
 * than to read the rest. Arguments: the bundle, the cache file.
 */
export const codeCacheWriter = `'use strict';
const fs = require('node:fs');
const vm = require('node:vm');
const Module = require('node:module');
const v8 = require('node:v8');
const [, mainFile, cacheFile] = process.argv;
v8.setFlagsFromString('--no-lazy');
const script = new vm.Script(Module.wrap(fs.readFileSync(mainFile, 'utf8')), { filename: mainFile });
v8.setFlagsFromString('--lazy');
const temporary = cacheFile + '.' + process.pid;
fs.writeFileSync(temporary, script.createCachedData(), { mode: 0o644 });
fs.renameSync(temporary, cacheFile);`;

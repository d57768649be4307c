// Helpers of the set-up scripts. Node's own modules only: nothing is installed yet when they run.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where it is set, Node reads these certificates at each start, for longer than all else that it does then: nothing that is tested or measured needs them. */
export const WITHOUT_CERTIFICATES = { NODE_EXTRA_CA_CERTS: undefined };

/** Ends the process with a sentence that says what to do. */
export function fail(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

/** Runs a command in the project's folder with its output shown only when it fails, unless `show`. */
export function run(title, command, args, { show = false, env = {} } = {}) {
  const started = Date.now();
  process.stderr.write(show ? `${title}\n` : `${title} … `);
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error || result.status !== 0) {
    if (!show) process.stderr.write(`failed\n${result.stdout ?? ''}${result.stderr ?? ''}`);
    fail(`${title} failed${result.error ? `: ${result.error.message}` : ''} (${command} ${args.join(' ')}).`);
  }
  if (!show) process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

const IGNORED = new Set(['node_modules', 'dist', 'lib', 'build', '.git', '.cache', 'generated']);

function* filesBelow(path) {
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (IGNORED.has(entry.name)) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(child);
    else if (entry.isFile()) yield child;
  }
}

/** A digest over the contents of files and folders (relative to the project's). */
export function digestOf(...paths) {
  const hash = createHash('sha256').update(process.version).update(process.arch);
  for (const path of paths) {
    const full = join(root, path);
    let files;
    try {
      files = [...filesBelow(full)];
    } catch {
      files = [full];
    }
    for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const stampFile = join(root, '.cache', 'stamps.json');
function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

/** Does `work` when `digest` differs from the one at its last success, or when its `output` is gone. Answers whether it did. */
export function onceFor(name, digest, output, work) {
  if (existsSync(join(root, output)) && readStamps()[name] === digest) return false;
  work();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ ...readStamps(), [name]: digest }, null, 1));
  return true;
}

/**
 * Waits until no other process works on the same thing here, and keeps others waiting until this one ends. A lock whose process died counts for nothing.
 */
export function lockUntilExit(name) {
  const file = join(root, '.cache', `${name}.lock`);
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAlive(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    else rmSync(file, { force: true });
  }
  process.once('exit', () => rmSync(file, { force: true }));
}

function isAlive(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Made a moment ago, and not written to yet.
    if (pid === 0) return Date.now() - statSync(file).mtimeMs < 5000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

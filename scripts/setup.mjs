// Installs what the project needs and builds it. A second run finds its inputs unchanged and does nothing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestOf, fail, onceFor, root, run } from './shared.mjs';

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11) || major === 21) {
    fail(
      `Diskwright needs Node.js 20.11 or newer (even versions); this is ${process.versions.node}. Get it from your distribution or from nodejs.org.`,
    );
  }
  if (process.platform !== 'linux') fail(`Diskwright runs on Linux so far; this is ${process.platform}.`);
}

function checkTools() {
  const needed = [
    ['g++', 'g++'],
    ['make', 'make'],
    ['python3', 'python3'],
  ];
  const missing = needed.filter(([tool]) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error);
  if (missing.length > 0) {
    fail(
      `The native core is compiled here, and ${missing.map(([tool]) => tool).join(', ')} cannot be found.\n` +
        `On Debian or Ubuntu: sudo apt-get install ${missing.map(([, name]) => name).join(' ')}`,
    );
  }
}

/** node-gyp takes the headers beside Node where they are, so that nothing is downloaded. */
function headersFolder() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

export function setup() {
  checkNode();
  const packages = digestOf('package.json', 'package-lock.json', 'core/package.json', 'sdk/package.json', 'native/package.json');
  onceFor('packages', packages, 'node_modules/webpack', () =>
    run('Installing packages', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']),
  );
  const native = digestOf('native/src', 'native/third_party', 'native/binding.gyp');
  onceFor('native', native, 'native/build/Release/diskwright.node', () => {
    checkTools();
    const gyp = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
    run('Compiling the native core', process.execPath, [gyp, 'rebuild', '-C', 'native', '--jobs', 'max', ...headersFolder()]);
  });
  const sources = digestOf(
    'sdk/src',
    'sdk/src/build',
    'sdk/templates',
    'sdk/package.json',
    'sdk/tsconfig.plugin.json',
    'core/src',
    'core/package.json',
    'plugins',
    'scripts',
    'webpack.config.mjs',
    'package-lock.json',
  );
  onceFor('bundles', sources, 'dist/cli.cjs', () => run('Building', process.execPath, [join(root, 'scripts', 'build.mjs')]));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  setup();
  process.stderr.write('Diskwright is built: node_modules/.bin/diskwright --help\n');
}

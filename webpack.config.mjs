// The bundles of Diskwright itself: command line and host, workbench server and page, sector service. Plugins are bundled by the SDK.
import { EsbuildPlugin } from 'esbuild-loader';
import MiniCssExtractPlugin from 'mini-css-extract-plugin';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));

/** The SDK's sources, rather than what is built of them for authors. */
const conditionNames = ['diskwright-source', '...'];

/** A program for Node: one CommonJS file, everything that it imports inside. Names stay: stacks are readable so, and nothing has to put them back at each start. */
const core = (name, entry) => ({
  name,
  mode: 'production',
  target: 'node20',
  devtool: false,
  entry: join(root, 'core', 'src', entry),
  output: { path: join(root, 'dist'), filename: `${name}.bundle.cjs`, library: { type: 'commonjs2' } },
  resolve: { extensions: ['.ts', '.js', '.mjs', '.json'], conditionNames },
  module: {
    // What is required so is looked for at run time: the server's bundle in the program folder, the package of Electron.
    parser: { javascript: { createRequire: false } },
    rules: [
      { test: /\.ts$/, loader: 'esbuild-loader', options: { target: 'node20' } },
      { test: /\.js$/, resolve: { fullySpecified: false } },
    ],
  },
  optimization: {
    minimizer: [new EsbuildPlugin({ target: 'node20', minifyWhitespace: true, minifySyntax: true, legalComments: 'none' })],
  },
  performance: { hints: false },
  stats: 'errors-warnings',
  node: { __dirname: false, __filename: false },
});

const server = core('server', 'server/main.ts');
// Fastify's logger is off, and never loaded then.
server.resolve.alias = { pino: false };
// Optional accelerators of ws.
server.externals = { bufferutil: 'commonjs bufferutil', 'utf-8-validate': 'commonjs utf-8-validate' };

const packages = core('packages', 'host/plugins/packages/main.ts');
// npm's settings assign to it.
packages.optimization.nodeEnv = false;
packages.module.parser.javascript.dynamicImportMode = 'eager';
packages.resolve.alias = {
  // No script of a package is ever run, nothing is compiled, and no package is fetched from a repository.
  'node-gyp': false,
  '@npmcli/run-script': false,
  '@npmcli/git': false,
  // Signatures over packages are Diskwright's own.
  sigstore: false,
};

/** The page: no source of styles or scripts but its own files, since the server's Content-Security-Policy allows no other. */
const workbench = {
  name: 'workbench',
  mode: 'production',
  target: ['web', 'es2022'],
  devtool: false,
  entry: { main: join(root, 'core', 'src', 'workbench', 'main.ts') },
  output: {
    path: join(root, 'dist', 'workbench'),
    filename: '[name].js',
    chunkFilename: 'chunks/[name].[contenthash:8].js',
    assetModuleFilename: 'assets/[name].[contenthash:8][ext]',
    publicPath: '/',
    clean: true,
  },
  resolve: { extensions: ['.ts', '.js', '.mjs', '.json'], conditionNames },
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'esbuild-loader',
        options: {
          target: 'es2022',
          tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
        },
      },
      { test: /\.js$/, resolve: { fullySpecified: false } },
      { test: /\.css$/, use: [MiniCssExtractPlugin.loader, 'css-loader'] },
      { test: /\.(ttf|svg|png)$/, type: 'asset/resource' },
    ],
  },
  plugins: [
    new MiniCssExtractPlugin({ filename: '[name].css', chunkFilename: 'chunks/[name].[contenthash:8].css', ignoreOrder: true }),
  ],
  optimization: { minimizer: [new EsbuildPlugin({ target: 'es2022', css: true, legalComments: 'none' })] },
  performance: { hints: false },
  stats: 'errors-warnings',
  cache: { type: 'filesystem', cacheDirectory: join(root, '.cache', 'webpack') },
};

export default [
  core('cli', 'cli/main.ts'),
  core('sector', 'sector/main.ts'),
  server,
  packages,
  // The program of Electron, which brings its own module.
  { ...core('electron', 'electron/main.ts'), externals: { electron: 'commonjs electron' } },
  workbench,
];

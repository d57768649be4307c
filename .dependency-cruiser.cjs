// The layers of the architecture (docs/architecture.md), checked on the import graph.
module.exports = {
  forbidden: [
    {
      name: 'plugins-import-the-sdk-only',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/' },
      to: { path: '^(core|native|test|scripts|plugins/(?!$1/))' },
    },
    {
      name: 'sdk-imports-nothing-of-core',
      severity: 'error',
      from: { path: '^sdk/' },
      to: { path: '^(core|plugins|native|test)/' },
    },
    {
      name: 'common-imports-no-other-layer',
      severity: 'error',
      from: { path: '^core/src/common/' },
      to: { path: '^core/src/(?!common/)' },
    },
    {
      name: 'sector-service-knows-no-host',
      severity: 'error',
      from: { path: '^core/src/sector/' },
      to: { path: '^core/src/(?!common/|sector/)' },
    },
    {
      name: 'host-reaches-the-sector-service-by-its-protocol',
      severity: 'error',
      from: { path: '^core/src/(host|cli|server|electron)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^core/src/sector/' },
    },
    {
      name: 'host-knows-no-face',
      severity: 'error',
      from: { path: '^core/src/host/' },
      to: { path: '^core/src/(cli|server|electron|workbench)/' },
    },
    {
      name: 'native-is-loaded-in-one-file',
      severity: 'error',
      from: { path: '^(core|sdk|plugins)/', pathNot: '^core/src/sector/native\\.ts$' },
      // Types of the addon are no loading of it; they resolve to its JavaScript file.
      to: { path: '^native/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'schemas-stay-out-of-bundles',
      severity: 'error',
      from: { path: '^(core|sdk|plugins)/', pathNot: '/schemas/' },
      to: { path: '/schemas/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'browser-side-imports-no-node-module',
      severity: 'error',
      from: { path: '^core/src/workbench/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(dist|lib|generated)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['diskwright-source', 'import', 'node', 'browser', 'default'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};

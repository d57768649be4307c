/** How plugins are built, those of Diskwright itself and everybody else's: bundle, type check, tests. The program `diskwright-plugin` runs the same. */
export { bundlePlugin, watchPlugin } from './bundle.mjs';
export { checkTypes } from './checkTypes.mjs';
export { runTests } from './runTests.mjs';

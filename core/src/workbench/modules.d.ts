/** Styles are imported for webpack to bundle them. */
declare module '*.css';

/** Completion in text editors; Monaco types its list of features, but not this part, which that list leaves out. */
declare module 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';

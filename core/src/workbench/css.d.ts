/** Styles are imported for webpack to bundle them. */
declare module '*.css';

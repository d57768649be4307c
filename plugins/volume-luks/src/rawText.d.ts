/** The text of a file of a package, put into the bundle. */
declare module '*?raw' {
  const text: string;
  export default text;
}

/** What people type, understood the same way everywhere. */
export { parseSize } from './parseSize';

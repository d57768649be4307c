/** The one place of the core where the native addon is loaded. */
import * as addon from '@diskwright/native';

type Addon = typeof addon;

/** The addon's functions; a CommonJS module shows as `default` to whoever imports it as a module. */
export const native: Addon = (addon as Addon & { default?: Addon }).default ?? addon;

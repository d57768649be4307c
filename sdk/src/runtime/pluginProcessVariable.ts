/** Set in the environment of a plugin process, and nowhere else. */
export const PLUGIN_PROCESS_VARIABLE = 'DISKWRIGHT_PLUGIN';

/** Set by the host in the environment of a plugin process, to the plugin's id. */
export const PLUGIN_PROCESS_VARIABLE = 'DISKWRIGHT_PLUGIN';

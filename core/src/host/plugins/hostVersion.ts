/** The version against which `engines.diskwright` of plugins is held; that of the packages of this tree. */
export const HOST_VERSION = process.env['DISKWRIGHT_VERSION'] ?? '0.1.0';

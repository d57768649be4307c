/** A byte of a name or of a link's target that is no UTF-8, as it is shown. A file may really be called so, too. */
export const SHOWN_BYTE = /\\x[0-9a-f]{2}/;

/** Paths of the machine that the host runs on, Unix or Windows, as they are typed. Pure. */

const separatorOf = (path: string): string => (/^[a-z]:\\|^\\\\/i.test(path) ? '\\' : '/');

/** A file in a folder. */
export function joinPath(folder: string, name: string): string {
  const separator = separatorOf(folder);
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
}

/** Whether it does not depend on a folder. */
export const isAbsolute = (path: string): boolean => /^(?:\/|[a-z]:[\\/]|\\\\)/i.test(path);

/** What was typed, seen from a folder: the folder that it names, and the beginning of a name in it. `~` is the home folder. */
export function splitTyped(typed: string, folder: string, home: string): { folder: string; name: string } {
  const expanded = /^~(?=\/|$)/.test(typed) ? home + typed.slice(1) : typed;
  const whole = isAbsolute(expanded) ? expanded : joinPath(folder, expanded);
  const separator = separatorOf(whole);
  const cut = whole.lastIndexOf(separator);
  const parent = whole.slice(0, cut);
  return { folder: parent === '' || /^[a-z]:$/i.test(parent) ? parent + separator : parent, name: whole.slice(cut + 1) };
}

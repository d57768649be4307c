/** Characters of the longest pattern that is searched for. */
export const LONGEST_PATTERN = 4096;

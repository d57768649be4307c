/** Memory in bytes (PSS) of a process and its descendants, and how many they are. */
export function pssOfTree(rootPid: number): { pss: number; processes: number };

/** A program that shows the workbench in a window of its own. */
export interface WindowProgram {
  /** For messages: `Electron`, or the program's file. */
  name: string;
  command: string;
  arguments: string[];
  environment: NodeJS.ProcessEnv;
  /** A folder of its own that goes with the window; null when it keeps what it has. */
  temporaryFolder: string | null;
}

/** What a window needs to know of the server. */
export interface WindowTarget {
  /** With the token; never on a command line, which every user of the machine can read. */
  url: string;
  /** An address that opens the workbench once, and to this user's programs only. */
  oneTimeUrl: () => string;
  /** Where windows keep what is their own. */
  folder: string;
  programFolder: string;
}

/** Chromium's own sandbox does not run as root. */
export function sandboxArguments(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

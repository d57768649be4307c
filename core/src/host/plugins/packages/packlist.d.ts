declare module 'npm-packlist' {
  /** The files that npm would pack, relative to the folder of the tree. */
  export default function packlist(tree: {
    path: string;
    package: Record<string, unknown>;
    isProjectRoot: boolean;
    edgesOut: Map<string, unknown>;
  }): Promise<string[]>;
}
declare module '@npmcli/config' {
  /** npm's own reader of its settings: .npmrc of project, user and machine, and the environment. */
  export default class Config {
    constructor(options: {
      npmPath: string;
      definitions: object;
      shorthands: object;
      flatten: (values: object, flat: object) => object;
      nerfDarts?: readonly string[];
      argv?: readonly string[];
      cwd?: string;
      env?: NodeJS.ProcessEnv;
      warn?: boolean;
    });
    load(): Promise<void>;
    /** As pacote takes them. */
    readonly flat: Record<string, unknown>;
  }
}
declare module '@npmcli/config/lib/definitions/index.js' {
  const content: {
    definitions: object;
    shorthands: object;
    flatten: (values: object, flat: object) => object;
    nerfDarts: readonly string[];
  };
  export default content;
}

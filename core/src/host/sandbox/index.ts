export { codeCacheFile, writeCodeCache } from './codeCache';
export { describeSandbox } from './describeSandbox';
export { DEFAULT_PLUGIN_MEMORY, LEAST_PLUGIN_MEMORY } from './memory';
export { LAUNCHER_REFUSED, REPORT_DESCRIPTOR, RPC_DESCRIPTOR, sandboxCommand, sandboxStdio } from './sandboxCommand';
export type { SandboxCommand, SandboxRequest } from './sandboxCommand';
export { parseSandboxReport } from './sandboxReport';
export type { SandboxReport } from './sandboxReport';

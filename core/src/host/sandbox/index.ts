export { codeCacheFile, writeCodeCache } from './codeCache';
export { describeSandbox } from './describeSandbox';
export { DEFAULT_PLUGIN_MEMORY, LEAST_PLUGIN_MEMORY, MEMORY_STOPPED_AT } from './memory';
export { LAUNCHER_REFUSED, REPORT_DESCRIPTOR, RPC_DESCRIPTOR, sandboxCommand, sandboxStdio } from './sandboxCommand';
export type { SandboxCommand, SandboxRequest } from './sandboxCommand';
export { HEAP_FULL_STATUS, REFUSED_STARTS_STATUS } from './pluginBootstrap';
export { parseSandboxReport } from './sandboxReport';
export type { SandboxReport } from './sandboxReport';

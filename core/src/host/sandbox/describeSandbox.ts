import type { SandboxReport } from './sandboxReport';

const MEBIBYTE = 1024 * 1024;
/** As the launcher has them (`runtimePaths.c`). */
const SYSTEM_LIBRARIES = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/local/lib'];

/** What protects the user from a plugin, and then what is missing, as sentences for people. */
export function describeSandbox(report: SandboxReport): string[] {
  return [...protections(report), ...report.missing.map((sentence) => `Missing: ${sentence}`)];
}

function protections(report: SandboxReport): string[] {
  const sentences: string[] = [];
  sentences.push(
    report.uid === null
      ? 'It runs as the user who started Diskwright, without any special right.'
      : `It runs as user ${report.uid}, an identity of its own without any right.`,
  );
  if (report.program) {
    const { path, libraries } = report.program;
    const readable = [...SYSTEM_LIBRARIES, ...libraries].join(', ');
    sentences.push(`It is run by ${path}, which may read its libraries in ${readable}; the runtime below is these.`);
  }
  if (report.landlock.used > 0) {
    sentences.push(`Landlock (ABI ${report.landlock.used}) lets it read its own folder and the runtime, and write nothing.`);
  }
  if (report.namespaces) sentences.push('It sees a read-only filesystem with nothing but its own folder and the runtime.');
  if (report.permissionModel) sentences.push('The permission model of Node refuses it files outside its folder.');
  if (report.seccomp) {
    sentences.push('A filter of system calls refuses it connections, other programs, other processes and any change to files.');
  }
  sentences.push(`It may use ${Math.floor(report.memoryLimit / MEBIBYTE)} MiB of memory, and ends with Diskwright.`);
  return sentences;
}

/** What a test needs of the machine. Where it lacks, the test is skipped by name; in CI (`CI` is set) it fails instead. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, type TestContext, TestRunner } from 'vitest';

/** Where administrators' tools are; often not in a user's PATH. */
const FURTHER_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of a program, or undefined. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), ...FURTHER_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Needs these programs. To be called in a test, or at the top of a file or `describe` for all tests in it. */
export function requireTool(...names: string[]): void {
  const missing = names.filter((name) => findTool(name) === undefined);
  if (missing.length > 0) lack(`needs ${missing.join(', ')}, not installed here`);
}

/** Needs root, for loop devices and mounts. To be called as `requireTool` is. */
export function requireRoot(): void {
  if (process.getuid?.() !== 0) lack('needs root');
}

/** Needs what `isThere` tells about, such as a device node. To be called as `requireTool` is. */
export function requireCondition(isThere: boolean, reason: string): void {
  if (!isThere) lack(reason);
}

function lack(reason: string): void {
  const current = TestRunner.getCurrentTest();
  if (current === undefined) beforeEach((context) => skipOrFail(context, reason));
  else skipOrFail(current.context, reason);
}

function skipOrFail(context: TestContext, reason: string): void {
  if (process.env.CI) throw new Error(`This test ${reason}`);
  context.skip(reason);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

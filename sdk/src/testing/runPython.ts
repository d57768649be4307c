import { runTool } from './runTool';

let interpreter: string | undefined;

/**
 * Runs a script with Python's own library alone, and gives what it printed. What the path names `python3` may be a script that looks for the interpreter, for
 * longer than all else takes: it is asked once where that is.
 * @throws Error with all of its output when it fails
 */
export function runPython(script: string, ...args: readonly string[]): string {
  interpreter ??= runTool('python3', ['-c', 'import sys; print(sys.executable)']).trim();
  return runTool(interpreter, ['-I', '-S', '-c', script, ...args]);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { browserProgram } from './browserProgram';
import { electronProgram } from './electronProgram';
import type { WindowProgram, WindowTarget } from './windowProgram';

const TERMINATE_MILLISECONDS = 3000;

/** A window that was opened here. */
export interface OpenedWindow {
  /** Resolves when its user has closed it, with null; or with what went wrong with its program. */
  readonly closed: Promise<string | null>;
  dispose(): Promise<void>;
}

/** Opens the workbench in Electron where its binary is there, else in a browser. Answers a sentence on why there is no window otherwise. */
export function openWindow(target: WindowTarget, environment: NodeJS.ProcessEnv): OpenedWindow | string {
  if (!environment['DISPLAY'] && !environment['WAYLAND_DISPLAY']) {
    return 'No window is opened: there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set).';
  }
  const program = electronProgram(target, environment) ?? browserProgram(target, environment);
  if (!program) return 'No window is opened: neither Electron nor Chromium, Chrome or Edge is installed.';
  return new ProgramWindow(program, environment);
}

class ProgramWindow implements OpenedWindow {
  readonly closed: Promise<string | null>;
  private readonly child: ChildProcess;

  constructor(
    private readonly program: WindowProgram,
    environment: NodeJS.ProcessEnv,
  ) {
    // In a group of its own: Ctrl+C in the terminal is for the server, which then ends the window with all its processes.
    this.child = spawn(program.command, program.arguments, {
      env: { ...environment, ...program.environment },
      stdio: 'ignore',
      detached: true,
    });
    this.closed = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(`${program.name} cannot be started: ${error.message}`));
      this.child.once('exit', (status, signal) => {
        resolve(status === 0 ? null : `${program.name} ended with ${signal ?? `status ${status}`}.`);
      });
    });
  }

  async dispose(): Promise<void> {
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), TERMINATE_MILLISECONDS);
    await this.closed;
    clearTimeout(timer);
    const { temporaryFolder } = this.program;
    // Its helpers may still write for a moment.
    if (temporaryFolder) await rm(temporaryFolder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private kill(signal: NodeJS.Signals): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
    } catch {
      // It has ended.
    }
  }
}

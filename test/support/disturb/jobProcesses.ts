import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobOptions, JobResult } from '../../../core/src/common/index';
import { projectFolder } from '../cli';
import { buildDisturber, type Disturbance, disturbed } from './disturb';

/** A job that a process is to begin or to go on with. */
export interface JobOrder {
  home: string;
  opening: 'begin' | 'resume';
  folder: string;
  digest: string;
  paths: Record<string, string>;
  partBytes: number;
  options?: JobOptions;
}

/** How a job ended, or why it was not begun. */
export type JobOutcome = { result: JobResult } | { refused: string };

/** How a process that ran a job ended: with an outcome, unless it was killed. */
export interface EndedProcess {
  signal: NodeJS.Signals | null;
  status: number | null;
  outcome: JobOutcome | null;
  /** Calls that counted. */
  calls: number;
  stderr: string;
}

/** Starts jobs in processes of their own. */
export class JobProcesses {
  private constructor(
    private readonly program: string,
    private readonly library: string,
    private readonly countFile: string,
  ) {}

  /** Builds what it takes in a folder. */
  static async build(folder: string): Promise<JobProcesses> {
    const program = join(folder, 'job.cjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'jobProcess.ts')],
      outfile: program,
      bundle: true,
      conditions: ['diskwright-source'],
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'error',
    });
    return new JobProcesses(program, await buildDisturber(folder), join(folder, 'count'));
  }

  /** Runs a job to its end or to that of its process. One at a time. */
  async run(order: JobOrder, disturbance: Disturbance): Promise<EndedProcess> {
    await rm(this.countFile, { force: true });
    const child = spawn(process.execPath, [this.program, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        DISKWRIGHT_NATIVE: join(projectFolder, 'native', 'build', 'Release'),
        ...disturbed(this.library, { ...disturbance, countFile: this.countFile }),
      },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once('close', (code, name) => resolve([code, name])),
    );
    const calls = Number((await readFile(this.countFile)).readBigUInt64LE());
    const outcome = status === 0 ? (JSON.parse(stdout) as JobOutcome) : null;
    return { signal, status, outcome, calls, stderr };
  }
}

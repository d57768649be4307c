/** The sector service as the process that the host starts. */
import { build } from 'esbuild';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { projectFolder } from './cli';
import { scratchFolder } from './scratch';

export interface ServiceProcess {
  child: ChildProcess;
  controlSocket: string;
  secret: string;
  /** Resolves with the exit status. */
  ended: Promise<number | null>;
}

/** Bundles `core/src/sector/main.ts` as it stands and starts it. */
export async function startServiceProcess(dataFolder: string, options: Record<string, unknown> = {}): Promise<ServiceProcess> {
  const program = join(await scratchFolder(), 'sector.cjs');
  const entry = join(projectFolder, 'core', 'src', 'sector', 'main.ts');
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    conditions: ['diskwright-source'],
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  const native = join(projectFolder, 'native', 'build', 'Release');
  const child = spawn(process.execPath, [program], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, DISKWRIGHT_NATIVE: native },
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const secret = randomBytes(32).toString('hex');
  child.stdin.end(`${JSON.stringify({ secret, dataFolder, ...options })}\n`);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    void ended.then((status) => reject(new Error(`the service ended with ${status}`)));
  });
  const { controlSocket } = JSON.parse(line) as { controlSocket: string };
  return { child, controlSocket, secret, ended };
}

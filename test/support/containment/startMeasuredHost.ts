import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { projectFolder } from '../cli';
import { buildPluginFixtures } from '../pluginFixtures';
import type { Measured } from './measuredHost';

const SAMPLE_MILLISECONDS = 50;

export interface MeasuredHost {
  home: string;
  plugins: string;
  /** Lets the offender do it; see {@link Measured}. With how much more memory the host had meanwhile than before, at most, in bytes of PSS. */
  attack(what: string): Promise<Measured & { growth: number }>;
  dispose(): Promise<void>;
}

export async function startMeasuredHost(): Promise<MeasuredHost> {
  const folder = await mkdtemp(join(tmpdir(), 'diskwright-containment-'));
  const [home, plugins, program] = ['home', 'plugins', 'host.cjs'].map((name) => join(folder, name)) as [string, string, string];
  await mkdir(home);
  await buildPluginFixtures(plugins, 'offender', 'trouble');
  await build({
    entryPoints: [join(import.meta.dirname, 'measuredHost.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['diskwright-source'],
    // The other form of jsonc-parser looks for its parts at run time.
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [program, plugins, home], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DISKWRIGHT_DIST: join(projectFolder, 'dist'),
      DISKWRIGHT_NATIVE: join(projectFolder, 'native', 'build', 'Release'),
    },
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the host under attack has ended');
    return JSON.parse(value) as T;
  };
  const dispose = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
  };
  await answer();
  return {
    home,
    plugins,
    dispose,
    async attack(what) {
      const before = await proportionalMemory(child);
      let most = before;
      const sampling = setInterval(() => {
        void proportionalMemory(child).then((bytes) => (most = Math.max(most, bytes)));
      }, SAMPLE_MILLISECONDS);
      try {
        child.stdin.write(`${JSON.stringify({ what })}\n`);
        const measured = await answer<Measured>();
        return { ...measured, growth: most - before };
      } finally {
        clearInterval(sampling);
      }
    },
  };
}

async function proportionalMemory({ pid }: ChildProcess): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

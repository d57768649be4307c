import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What starts processes, and so takes long, before what only computes: else the run ends with one worker at a long file. */
const LONG_FOLDERS = ['/test/crash/', '/native/', '/test/workbench/journeys/', '/test/workbench/', '/test/endToEnd/', '/test/'];

function rank({ moduleId }: TestSpecification): number {
  const index = LONG_FOLDERS.findIndex((folder) => moduleId.includes(folder));
  return index < 0 ? LONG_FOLDERS.length : index;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

// The SDK's sources, rather than what is built of them for authors.
const conditions = ['diskwright-source', 'module', 'node', 'development|production'];

function project(name: string, include: string[], test: { isolate: boolean }): TestProjectInlineConfiguration {
  const exclude = ['**/node_modules/**', '**/dist/**', '**/lib/**', 'sdk/{templates,examples}/**'];
  return { extends: true, test: { ...test, name, include, exclude } };
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // What runs beside a measure is measured, too: scripts/test.mjs runs these after all others, one at a time.
    tags: [
      {
        name: 'alone',
        description: 'Measures time or memory against a limit, or needs the number of a loop device that it detached',
      },
    ],
    pool: 'forks',
    // A process for each file takes a quarter of a second: what keeps nothing beyond a test shares one.
    projects: [
      project('units', ['core/**/*.test.ts', 'sdk/src/!(testing)/**/*.test.ts', 'plugins/*/src/**/*.test.ts'], {
        isolate: false,
      }),
      project('programs', ['test/**/*.test.ts'], { isolate: false }),
      // Some of these watch how much memory is held.
      project('parts', ['{native,sdk/src/testing}/**/*.test.ts', 'sdk/src/*.test.ts'], { isolate: true }),
    ],
    // The long tests wait for other processes (a browser, a host, a command line, a disk) a good part of their time.
    maxWorkers: Number(process.env['DISKWRIGHT_TEST_WORKERS'] ?? 1 + availableParallelism()),
    // Tests make much that is short-lived: with a larger nursery, less of it is copied about.
    execArgv: ['--max-semi-space-size=32'],
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A leaked loop device or process must not pass unseen as "it worked on the second try".
    retry: 0,
  },
});

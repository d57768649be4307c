import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
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
    include: ['{sdk,core,native,test}/**/*.test.ts', 'plugins/*/src/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/lib/**', 'sdk/{templates,examples}/**'],
    pool: 'forks',
    // The long tests wait for other processes (a browser, a host, a command line, a disk) a good part of their time.
    maxWorkers: 1 + availableParallelism(),
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A leaked loop device or process must not pass unseen as "it worked on the second try".
    retry: 0,
  },
});

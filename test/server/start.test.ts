/** `diskwright start`: its options, its end, and its window. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { startCli } from '../support/runningCli';
import { scratchFolder } from '../support/scratch';
import { findTool, requireRoot, requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';
import { startWorkbench } from '../support/workbench';

test.each(['0', '65536', '-1', '80a', '1e3', ''])('--port %s is wrong use', async (port) => {
  const { status, stderr, stdout } = await cli(['start', '--no-open', `--port=${port}`], { home: await scratchFolder() });
  expect(status).toBe(2);
  expect(stderr).toContain('--port');
  expect(stdout).toBe('');
});

test('a port that is taken is told with its number', async () => {
  const workbench = await startWorkbench();
  const { status, stderr } = await cli(['start', '--no-open', `--port=${workbench.port}`], { home: await scratchFolder() });
  expect(status).toBe(1);
  expect(stderr).toContain(`port ${workbench.port} is in use`);
});

test('two servers on one data folder work side by side, and neither takes the cookie of the other', async () => {
  const first = await startWorkbench();
  const second = await startWorkbench({ home: first.home });
  for (const workbench of [first, second]) expect((await workbench.request('devices/list', {})).overlays).toEqual([]);
  const theirs = second.cookie.replace(String(second.port), String(first.port));
  expect((await first.fetch('/', { headers: { cookie: theirs } })).status).toBe(401);
  expect(await first.dispose()).toBe(0);
  await second.request('devices/list', {});
});

test('without a display it prints the address and says what to do', async () => {
  const folder = await scratchFolder();
  const running = startCli(['start'], { home: join(folder, 'home'), env: { DISPLAY: '', WAYLAND_DISPLAY: '' } });
  await running.shows(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/m);
  await running.shows(/there is no display here.*\n.*Open the address above in a browser/);
  running.kill('SIGTERM');
  expect((await running.ended).status).toBe(0);
});

/** A browser that keeps how it was called and what it got, waits for a file, and ends as a window that is closed. */
async function fakeBrowser(folder: string): Promise<string> {
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const browser = join(programs, 'chromium');
  await writeFile(
    browser,
    `#!/bin/sh
printf '%s\\n' "$@" > ${folder}/arguments
for argument; do case $argument in --app=*) address=\${argument#--app=};; esac; done
curl -s -o /dev/null -D ${folder}/first "$address"
curl -s -o /dev/null -D ${folder}/second "$address"
touch ${folder}/shown
while [ ! -e ${folder}/close ]; do sleep 0.05; done
`,
  );
  await chmod(browser, 0o755);
  return programs;
}

test('a browser gets an address for one use, and the workbench ends with its window', async () => {
  requireTool('curl');
  const folder = await scratchFolder();
  const path = `${await fakeBrowser(folder)}:${process.env['PATH']}`;
  const env = { DISPLAY: ':none', PATH: path, ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'no-electron') };
  const running = startCli(['start'], { home: join(folder, 'home'), env });
  const [, token] = await running.shows(/\?token=([\w-]+)/);
  await waitFor(async () => (await readFile(join(folder, 'shown')).catch(() => null)) !== null, 'the browser has asked');
  expect(await readFile(join(folder, 'arguments'), 'utf8')).not.toContain(token);
  expect(await readFile(join(folder, 'first'), 'utf8')).toMatch(/^HTTP\/1\.1 303/);
  expect(await readFile(join(folder, 'second'), 'utf8')).toMatch(/^HTTP\/1\.1 401/);
  await writeFile(join(folder, 'close'), '');
  expect((await running.ended).status).toBe(0);
});

test('another user who reads the address off the command line does not get in', async () => {
  requireRoot();
  requireTool('curl', 'setpriv');
  const folder = await scratchFolder();
  const programs = await fakeBrowser(folder);
  await writeFile(
    join(programs, 'curl'),
    `#!/bin/sh\nexec ${findTool('setpriv')} --reuid=65534 --clear-groups ${findTool('curl')} "$@"\n`,
  );
  await chmod(join(programs, 'curl'), 0o755);
  spawnSync('chmod', ['-R', 'a+rwX', folder]);
  const env = { DISPLAY: ':none', PATH: `${programs}:${process.env['PATH']}`, ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'none') };
  const running = startCli(['start'], { home: join(folder, 'home'), env });
  await waitFor(async () => (await readFile(join(folder, 'shown')).catch(() => null)) !== null, 'the browser has asked');
  expect(await readFile(join(folder, 'first'), 'utf8')).toMatch(/^HTTP\/1\.1 401/);
  await writeFile(join(folder, 'close'), '');
  expect((await running.ended).status).toBe(0);
});

/** The command line on a terminal, that of util-linux's `script`. */
import { spawn } from 'node:child_process';
import { diskwright } from './cli';
import { findTool } from './tools';

/** Runs `diskwright` on a terminal; types `answer` when it is asked for: when this is shown. */
export function onTerminal(
  arguments_: string[],
  home: string,
  answer?: string,
  question = 'to go ahead: ',
): Promise<{ status: number | null; shown: string }> {
  return new Promise((resolve, reject) => {
    const command = [process.execPath, diskwright, ...arguments_].map((word) => `'${word}'`).join(' ');
    const child = spawn(findTool('script')!, ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { ...process.env, DISKWRIGHT_HOME: home, TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    let isAsked = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      if (isAsked || !shown.includes(question)) return;
      isAsked = true;
      child.stdin.write(answer ?? '');
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, shown: shown.replaceAll('\r\n', '\n') }));
  });
}

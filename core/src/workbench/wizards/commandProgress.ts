import { printable } from '../../common/text/printable';
import type { Disposable, HostConnection } from '../api';

/** How far a command is. */
export interface CommandProgress {
  stage: string;
  /** Bytes, as a rule. */
  done: number;
  /** 0 … 1; null when it is not known. */
  share: number | null;
}

/** Hears what the command reports that was run with a token, until the answer is disposed. */
export function onProgressOf(host: HostConnection, token: string, listener: (progress: CommandProgress) => void): Disposable {
  return host.on('commands/progress', (report) => {
    if (report.token !== token) return;
    const { stage, done, total } = report;
    listener({ stage: printable(stage), done, share: total ? Math.min(done / total, 1) : null });
  });
}

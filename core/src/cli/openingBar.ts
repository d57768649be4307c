import type { ImageProgress } from '../common';
import { OPENING_STAGES } from '../common/text/openingStage';
import { ProgressBar } from './text/progressBar';

/**
 * Draws how far the opening of an image is that takes long, and takes it away when that is open, or nobody waits for it any more.
 * @param signal aborts when the command is cancelled
 */
export function openingBar(output: NodeJS.WriteStream, signal: AbortSignal): (progress: ImageProgress) => void {
  const bar = new ProgressBar(output);
  let began = { stage: '', at: 0, done: 0 };
  signal.addEventListener('abort', () => bar.clear(), { once: true });
  return ({ reached }) => {
    if (!reached || signal.aborted) return bar.clear();
    const { step, file, done, total } = reached;
    const stage = OPENING_STAGES[step];
    if (stage !== began.stage) began = { stage, at: Date.now(), done };
    const bytesPerSecond = ((done - began.done) * 1000) / Math.max(1, Date.now() - began.at);
    bar.update({ stage, text: file, done, total, bytesPerSecond, paused: false, limit: null });
  };
}

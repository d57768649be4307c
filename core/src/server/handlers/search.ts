import { CancelledError, toWireError, type WireError } from '@diskwright/sdk/errors';
import type { HandlerFactory } from '../pages';

interface Running {
  controller: AbortController;
  startedAt: number;
}

/** Search and comparison, each followed by the window that started it. */
export const searchHandlers: HandlerFactory = ({ host, page }) => {
  const running = new Map<string, Running>();
  page.closed.addEventListener('abort', () => {
    for (const { controller } of running.values()) controller.abort();
  });

  /** Runs apart from the request that began it, until it ends or its token is cancelled. */
  const begin = (token: string, run: (running: Running) => Promise<void>): void => {
    running.get(token)?.controller.abort();
    const entry = { controller: new AbortController(), startedAt: performance.now() };
    running.set(token, entry);
    void run(entry).finally(() => {
      if (running.get(token) === entry) running.delete(token);
    });
  };
  const cancel = ({ token }: { token: string }) => {
    running.get(token)?.controller.abort();
    return {};
  };

  return {
    'search/start': async ({ token, ...target }) => {
      await host.searches.check(target.pattern);
      host.devices.get(target.deviceId);
      begin(token, async ({ controller, startedAt }) => {
        let hits = 0;
        try {
          const end = await host.searches.search(target, {
            signal: controller.signal,
            onProgress: (progress) => {
              hits += progress.hits.length;
              return page.notify('search/progress', { token, ...progress, bytesPerSecond: rate(progress, startedAt) });
            },
          });
          await page.notify('search/ended', { token, ...end, error: null });
        } catch (error) {
          await page.notify('search/ended', { token, hits, ...failure(error) });
        }
      });
      return {};
    },
    'search/cancel': cancel,
    'compare/start': ({ token, ...target }) => {
      for (const { deviceId } of [target.left, target.right]) host.devices.get(deviceId);
      begin(token, async ({ controller, startedAt }) => {
        const found = { differences: 0, differentBytes: 0 };
        try {
          const end = await host.searches.compare(target, {
            signal: controller.signal,
            onProgress: (progress) => {
              found.differences += progress.differences.length;
              for (const { length } of progress.differences) found.differentBytes += length;
              return page.notify('compare/progress', { token, ...progress, bytesPerSecond: rate(progress, startedAt) });
            },
          });
          await page.notify('compare/ended', { token, ...end, error: null });
        } catch (error) {
          await page.notify('compare/ended', { token, ...found, ...failure(error) });
        }
      });
      return {};
    },
    'compare/cancel': cancel,
  };
};

function rate({ done, skipped = 0 }: { done: number; skipped?: number }, startedAt: number): number {
  // Holes take no time: with them the rate would say nothing about the device.
  return ((done - skipped) * 1000) / Math.max(1, performance.now() - startedAt);
}

function failure(error: unknown): { state: 'cancelled' | 'failed'; error: WireError | null } {
  return error instanceof CancelledError ? { state: 'cancelled', error: null } : { state: 'failed', error: toWireError(error) };
}

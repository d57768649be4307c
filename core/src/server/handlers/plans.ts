import type { PlacedPlan } from '../../host/jobs/jobService';
import { togetherTitle } from '../../host/jobs/togetherTitle';
import { plannedPaths } from '../../host/plans/plannedPaths';
import { stepTotals } from '../../host/plans/stepTotals';
import { removeAbandonedOverlays } from '../../host/plans/temporaryOverlays';
import type { HandlerFactory, Watcher } from '../pages';
import { fittingPrefix } from './fittingPrefix';

/** Plans: kept, read, reviewed, simulated, applied. */
export const planHandlers: HandlerFactory = ({ host }) => ({
  'plans/list': async () => ({ plans: fittingPrefix(await host.planLibrary.list()) }),
  'plans/import': async ({ path }) => ({ digest: await host.planLibrary.import(path) }),
  'plans/save': async ({ digest, path }) => ({ path: await host.planLibrary.save(digest, path) }),
  'plans/remove': async ({ digest }) => {
    await host.planLibrary.remove(digest);
    return {};
  },
  'plans/read': async ({ digest }) => {
    const { plan, createdAt } = await host.planLibrary.read(digest);
    const { steps, ...rest } = plan;
    return { digest, plan: rest, stepCount: steps.length, bytes: stepTotals(plan), createdAt };
  },
  'plans/steps': async ({ digest, from, count }) => {
    const { plan } = await host.planLibrary.read(digest);
    return { steps: fittingPrefix(plan.steps.slice(from, from + count)) };
  },
  'plans/changes': async ({ digest }, { signal }) => host.planReview.changes(await host.planLibrary.readWhole(digest), signal),
  'plans/safety': async ({ digest }, { signal }) => {
    const { plan } = await host.planLibrary.readWhole(digest);
    const { targets, ...rest } = await host.safety.assess(plan, signal);
    const shown = targets.map(({ name, path, size, disk, layout, replaced: { text, holdsData } }) => ({
      ...{ name, path, size, disk, layout },
      replaced: text,
      holdsData,
    }));
    return { ...rest, targets: shown };
  },
  'plans/simulate': async ({ digest, target }, { signal }) => {
    const { overlay, layout } = await host.simulations.simulate(await host.planLibrary.read(digest), { target }, signal);
    return { overlay, layout };
  },
  'plans/apply': async ({ digest, word, options }, { signal }) => {
    const { plan } = await host.planLibrary.readWhole(digest);
    await host.safety.require(plan, word, signal);
    signal.throwIfAborted();
    return { jobId: (await host.jobs.start(plan, plannedPaths(plan), options)).jobId };
  },
  'plans/applyTogether': async ({ title, plans: asked, options }, { signal }) => {
    const placed: PlacedPlan[] = [];
    for (const { digest, word } of asked) {
      const { plan } = await host.planLibrary.readWhole(digest);
      await host.safety.require(plan, word, signal);
      placed.push({ plan, paths: plannedPaths(plan) });
    }
    signal.throwIfAborted();
    const plans = placed.map(({ plan }) => plan);
    const jobs = await host.jobs.startTogether(togetherTitle(title, plans), placed, options);
    return { jobIds: jobs.map(({ jobId }) => jobId) };
  },
});

/** Tells when plans come and go; and takes away what nobody needs any more. */
export const planWatcher: Watcher = (host, pages) => {
  void tidy(host).catch(() => undefined);
  return host.planLibrary.onChanged(() => pages.broadcastNewest('plans/changed', {}));
};

async function tidy(host: Parameters<Watcher>[0]): Promise<void> {
  await removeAbandonedOverlays(host.dataFolder);
  const shown = await host.simulations.shownPlans();
  await host.planLibrary.removeUnused(shown);
}

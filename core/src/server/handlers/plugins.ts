import { homedir } from 'node:os';
import type { LogLine, WorkbenchResult } from '../../common/workbench';
import type { Installed, InstallOptions, KeyChange } from '../../host/plugins/store/pluginInstaller';
import type { HandlerFactory, Page, Pages, Watcher } from '../pages';
import { resolveDeviceName } from '../../host/devices/resolveDeviceName';
import { readAudit } from '../../host/plugins/audit/readAudit';
import { fittingItems, fittingPrefix } from './fittingPrefix';

const LAG_MILLISECONDS = 5_000;
const CHANGED_MILLISECONDS = 250;
/** Lines of one plugin that are sent in a second; whoever wants all of a flood asks for the log. */
const LINES_PER_SECOND = 50;
/** Lines on their way to one page; one that is behind with reading does not get those that follow. */
const LINES_UNDER_WAY = 50;
const SHOWN_LINES = 1000;
const AUDIT_RECORDS = 1000;
/** Together with the frame's own limit: a thousand lines of the greatest length would be eight times as much. */
const SHOWN_CHARACTERS = 400_000;

/** Plugins as the user manages them. */
export const pluginHandlers: HandlerFactory = ({ host }) => ({
  'plugins/list': async () => ({ plugins: fittingItems((await host.pluginAdministration.list()).slice(0, 1024)) }),
  'plugins/log': ({ id }) => ({ lines: lastLines(host.pluginAdministration.log(id)) }),
  'plugins/audit': async ({ plugin, device, operation, since }) => {
    const found = await readAudit(host.dataFolder, {
      plugin: plugin ?? undefined,
      device: device === null ? undefined : resolveDeviceName(device, host.dataFolder),
      operation: operation ?? undefined,
      since: since ?? undefined,
      limit: AUDIT_RECORDS + 1,
    });
    const records = fittingPrefix(found.slice(0, AUDIT_RECORDS));
    return { records, whole: records.length === found.length };
  },
  'plugins/setEnabled': async ({ id, enabled }) => {
    await host.pluginAdministration.setEnabled(id, enabled);
    return {};
  },
  'plugins/restart': async ({ id }) => {
    await host.pluginAdministration.restart(id);
    return {};
  },
  'plugins/install': ({ source, acceptedKey }, { signal }) =>
    unlessKeyChanged(acceptedKey, signal, (options) => host.pluginInstaller.install(source, options)),
  'plugins/update': ({ id, acceptedKey }, { signal }) =>
    unlessKeyChanged(acceptedKey, signal, (options) => host.pluginInstaller.update(id, options)),
  'plugins/grant': async ({ id, capability, device }) => ({
    used: (await host.pluginAdministration.grant(id, capability, device))?.version ?? null,
  }),
  'plugins/revoke': async ({ id, capability, key }) => {
    await host.pluginAdministration.revoke(id, capability, key);
    return {};
  },
  'plugins/missingGrants': async ({ command, input }, { signal }) => ({
    missing: (await host.commands.missingGrants(command, input, signal)).map(({ plugin, capability, device }) => ({
      id: plugin.id,
      displayName: plugin.manifest.displayName ?? plugin.id,
      capability,
      device: device.path,
    })),
  }),
  'plugins/rollback': ({ id }, { signal }) => host.pluginInstaller.rollback(id, signal),
  'plugins/remove': async ({ id }) => ({ builtIn: await host.pluginInstaller.remove(id) }),
});

/** Installs; where that needs the user's word on another key than {@link acceptedKey}, the answer is what to ask. */
async function unlessKeyChanged(
  acceptedKey: string | null | undefined,
  signal: AbortSignal,
  install: (options: InstallOptions) => Promise<Installed>,
): Promise<WorkbenchResult<'plugins/install'>> {
  let asked: KeyChange | null = null;
  const agreeToKey = async (change: KeyChange): Promise<boolean> => {
    if (acceptedKey === change.now) return true;
    asked = change;
    return false;
  };
  try {
    return await install({ cwd: homedir(), agreeToKey, signal });
  } catch (error) {
    if (asked !== null) return { keyChange: asked };
    throw error;
  }
}

/** Tells all windows of plugins that begin, end or speak, and keeps an eye on how quickly they answer. */
export const pluginWatcher: Watcher = (host, pages) => {
  const { pluginAdministration } = host;
  let telling: NodeJS.Timeout | null = null;
  const changed = pluginAdministration.onChanged(() => {
    telling ??= setTimeout(() => {
      telling = null;
      pages.broadcastNewest('plugins/changed', {});
    }, CHANGED_MILLISECONDS);
  });
  const logged = pluginAdministration.onLogged(throttledLines(pages));
  const measuring = setInterval(() => {
    if (pages.all().length > 0) void pluginAdministration.measureLags();
  }, LAG_MILLISECONDS).unref();
  return {
    dispose: () => {
      changed.dispose();
      logged.dispose();
      clearInterval(measuring);
      if (telling) clearTimeout(telling);
    },
  };
};

/** Sends lines on as they come, so many a second of each plugin, to the pages that take them. */
function throttledLines(pages: Pages): (event: { id: string; line: LogLine }) => void {
  const sent = new Map<string, { second: number; lines: number }>();
  const underWay = new WeakMap<Page, number>();
  const send = async (page: Page, id: string, line: LogLine): Promise<void> => {
    const before = underWay.get(page) ?? 0;
    if (before >= LINES_UNDER_WAY) return;
    underWay.set(page, before + 1);
    await page.notify('plugins/logged', { id, line });
    underWay.set(page, underWay.get(page)! - 1);
  };
  return ({ id, line }) => {
    const second = Math.floor(Date.now() / 1000);
    const before = sent.get(id);
    const lines = before?.second === second ? before.lines + 1 : 1;
    sent.set(id, { second, lines });
    if (lines <= LINES_PER_SECOND) for (const page of pages.all()) void send(page, id, line);
  };
}

function lastLines(lines: readonly LogLine[]): LogLine[] {
  let characters = 0;
  const fitting = [...lines].reverse().slice(0, SHOWN_LINES);
  const end = fitting.findIndex(({ text }) => (characters += text.length) > SHOWN_CHARACTERS);
  return (end < 0 ? fitting : fitting.slice(0, end)).reverse();
}

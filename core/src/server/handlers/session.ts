import { homedir } from 'node:os';
import { join } from 'node:path';
import { labImages } from '../../host/labImages';
import { readTail } from '../../host/logs/readTail';
import { HOST_VERSION } from '../../host/plugins/hostVersion';
import type { HandlerFactory, Watcher } from '../pages';
import { fittingItems } from './fittingPrefix';

const LOG_BYTES = 256 * 1024;

/** The connection itself, settings, what windows keep, and logs. */
export const sessionHandlers: HandlerFactory = ({ host, page, pages }) => ({
  'workbench/hello': async () => ({
    version: HOST_VERSION,
    dataFolder: host.dataFolder,
    home: homedir(),
    lab: await labImages(host.dataFolder),
    root: process.getuid?.() === 0,
  }),
  'workbench/problem': async ({ message }) => {
    await host.log.write('page', message);
    return {};
  },
  'settings/read': ({ document }) => host.settings.text(document),
  'settings/write': async ({ document, text, digest }) => ({ digest: await host.settings.write(document, text, digest) }),
  'settings/set': async ({ key, value }) => {
    await host.settings.set(key, value);
    return {};
  },
  'settings/values': () => host.settings.read(),
  'settings/schema': () => ({ groups: fittingItems(host.settings.groups) }),
  'state/read': async ({ key }) => ({ value: await host.windowState.read(key) }),
  'state/write': async ({ key, value }) => {
    await host.windowState.write(key, value);
    pages.broadcastNewest('state/changed', { key }, { subject: key, except: page });
    return {};
  },
  'logs/read': async ({ log }) => ({ text: await readTail(join(host.dataFolder, 'logs', `${log}.log`), LOG_BYTES) }),
});

/** Tells of settings, whoever wrote them: a window, the command line, the user's own editor. */
export const settingsWatcher: Watcher = (host, pages) => {
  host.settings.follow();
  return host.settings.onChanged((document) => pages.broadcastNewest('settings/changed', { document }, { subject: document }));
};

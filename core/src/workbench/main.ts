/** The page's entry: services first, then the features, then the window. */
import { MessageLoop } from '@lumino/messaging';
import './styles/index.css';
import { contributions } from './contributions';
import { createServices, type Services } from './services/workbench';
import { registerCoreCommands } from './shell/coreCommands';
import { registerSettings } from './editors/settings/contribution';
import { registerWelcome } from './editors/welcome/contribution';
import { registerOutput } from './shell/output/contribution';
import { registerPreferences } from './shell/preferences';
import { registerQuickProviders } from './shell/quick/register';
import { NoticeSurfaces } from './shell/noticeSurfaces';
import { nothingHasFocus, Shell } from './shell/shell';
import { registerViewCommands } from './shell/viewCommands';
import { registerEditorTrail } from './shell/trail/contribution';
import { followSizeSetting } from './widgets/shared/sizeText';

const CONNECT_MILLISECONDS = 3000;

async function start(): Promise<void> {
  const services = createServices();
  const { host, settings, statusBar, editors, problems, notifications } = services;
  problems.watch((error) => notifications.error(error));
  MessageLoop.setExceptionHandler((error) => reportError(error));
  followSizeSetting(settings);
  const shell = new Shell({ ...services, link: host, statusItems: statusBar });
  const notices = new NoticeSurfaces(notifications, statusBar);
  registerCoreCommands(services, { shell, editors, quickInput: services.quickInput, notices });
  registerPreferences(services);
  registerQuickProviders(services);
  registerEditorTrail(services);
  registerWelcome(services);
  registerSettings(services);
  registerOutput(services);
  registerViewCommands(services, services.views);
  for (const contribute of contributions) guard(services, () => contribute(services));
  void host.run();
  await withinTime(settings.load());
  await shell.attach(document.getElementById('workbench')!, settings.get<unknown>('workbench.restoreSession') !== false);
  if (editors.all().length === 0) await editors.open({ type: 'welcome', key: '' }, { activate: nothingHasFocus() });
  host.onDidChangeState((state) => {
    if (state === 'connected') void settings.load().catch(() => undefined);
  });
  host.on('workbench/run', ({ command, args }) => void services.commands.run(command, args));
}

/** A feature that cannot be set up does not keep the others from working. */
function guard({ problems, notifications }: Services, action: () => void): void {
  try {
    action();
  } catch (error) {
    problems.report(error);
    notifications.error(error);
  }
}

/** The window comes up without the host, too: its banner says why nothing works. */
async function withinTime(loading: Promise<void>): Promise<void> {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, CONNECT_MILLISECONDS));
  await Promise.race([loading.catch(() => undefined), patience]);
}

void start();

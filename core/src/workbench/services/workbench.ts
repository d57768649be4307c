import type { Workbench } from '../api';
import { HostLink } from '../connection/hostLink';
import { Commands } from './commands';
import { ContextKeys } from './contextKeys';
import { Devices } from './devices';
import { Editors } from './editors';
import { Jobs } from './jobs';
import { isTextField, Keybindings } from './keybindings';
import { Menus } from './menus/menus';
import { ProblemReports } from './problemReports';
import { Dialogs } from './prompts/dialogs';
import { Notifications } from './prompts/notifications';
import { QuickInput } from './prompts/quickInput';
import { RecentDevices } from './recentDevices';
import { Settings } from './settings';
import { StatusItems } from './statusItems';
import { Theme } from './theme';
import { Views } from './views';
import { WindowState } from './windowState';

/** The services with all that the shell needs of them; features see them as {@link Workbench}. */
export interface Services extends Workbench {
  readonly host: HostLink;
  readonly commands: Commands;
  readonly context: ContextKeys;
  readonly keybindings: Keybindings;
  readonly menus: Menus;
  readonly editors: Editors;
  readonly views: Views;
  readonly statusBar: StatusItems;
  readonly notifications: Notifications;
  readonly quickInput: QuickInput;
  readonly settings: Settings;
  readonly theme: Theme;
  readonly problems: ProblemReports;
  readonly recentDevices: RecentDevices;
}

/** Makes the services of this page; they live as long as it does. */
export function createServices(): Services {
  const host = new HostLink();
  const notifications = new Notifications(() => settings);
  const problems = new ProblemReports(host);
  const showError = (error: unknown): void => notifications.error(error);
  const report = (error: unknown): void => {
    problems.report(error);
    notifications.error(error);
  };
  const context = new ContextKeys();
  const commands = new Commands(context, showError);
  const keybindings = new Keybindings(commands, context);
  context.bind(document.body, () => ({ inputFocus: isTextField(context.focused) }));
  const dialogs = new Dialogs(host);
  const settings = new Settings(host, context);
  const editors = new Editors(dialogs, report);
  const state = new WindowState(host, showError);
  return {
    editors,
    state,
    recentDevices: new RecentDevices(state, editors),
    host,
    notifications,
    problems,
    context,
    commands,
    keybindings,
    dialogs,
    settings,
    menus: new Menus(commands, context, keybindings),
    views: new Views(report),
    statusBar: new StatusItems(),
    quickInput: new QuickInput(() => context.focused, showError),
    devices: new Devices(host, showError),
    jobs: new Jobs(host, showError),
    theme: new Theme(settings),
  };
}

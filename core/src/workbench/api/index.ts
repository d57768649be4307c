/** What the parts of the workbench know of each other: interfaces only. Features get a {@link Workbench} and register what they bring. */
import type { CommandService, ContextKeyService, KeybindingService, MenuService } from './commands';
import type { HostConnection } from './host';
import type { DeviceModel, JobModel, SettingsService, StateService } from './models';
import type { DialogService, NotificationService, QuickInputService } from './prompts';
import type { EditorService, StatusBarService, ViewService } from './surfaces';

export * from './commands';
export * from './events';
export * from './host';
export * from './models';
export * from './prompts';
export * from './surfaces';

export interface Workbench {
  readonly host: HostConnection;
  readonly commands: CommandService;
  readonly context: ContextKeyService;
  readonly keybindings: KeybindingService;
  readonly menus: MenuService;
  readonly editors: EditorService;
  readonly views: ViewService;
  readonly statusBar: StatusBarService;
  readonly notifications: NotificationService;
  readonly quickInput: QuickInputService;
  readonly dialogs: DialogService;
  readonly settings: SettingsService;
  readonly state: StateService;
  readonly devices: DeviceModel;
  readonly jobs: JobModel;
}

/** A feature's entry: called once, before anything is shown. */
export type Contribution = (workbench: Workbench) => void;

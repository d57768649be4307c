import { printable } from '../../../common/text/printable';
import {
  Emitter,
  type NotificationOptions,
  type NotificationService,
  type ProgressReport,
  type SettingsService,
} from '../../api';
import { isCancellation, showError } from '../../widgets/shared/errorText';

export type Severity = 'info' | 'warning' | 'error' | 'progress';

/** A notification as it is kept and drawn. */
export interface Notice {
  readonly id: number;
  severity: Severity;
  message: string;
  detail: string[];
  options: NotificationOptions;
  /** Milliseconds since 1970. */
  time: number;
  /** Of `progress`. */
  progress: ProgressReport | null;
  cancel: (() => void) | null;
  /** Is a toast now; otherwise it is in the centre only. */
  toast: boolean;
  read: boolean;
}

const KEPT = 100;
const SECONDS = 10;

/** Notifications with their history; drawn by the shell. */
export class Notifications implements NotificationService {
  private notices: Notice[] = [];
  private nextId = 1;
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  /** @param settings of `notifications.seconds` */
  constructor(private readonly settings: () => SettingsService) {}

  /** Newest first. */
  all(): readonly Notice[] {
    return this.notices;
  }

  info(message: string, options: NotificationOptions = {}): void {
    const notice = this.add('info', message, options);
    // What the user shall answer stays; what is only told goes, and is found in the centre.
    const seconds = this.settings().get<number | undefined>('notifications.seconds') ?? SECONDS;
    if (!options.actions?.length && seconds > 0) setTimeout(() => this.hide(notice), seconds * 1000);
  }

  warn(message: string, options: NotificationOptions = {}): void {
    this.add('warning', message, options);
  }

  error(error: unknown, options: NotificationOptions = {}): void {
    if (isCancellation(error)) return;
    const { message, lines } = showError(error);
    // The same again, such as from several views at once, is one.
    const same = this.notices.find((notice) => notice.toast && notice.severity === 'error' && notice.message === message);
    if (same) this.notices = this.notices.filter((notice) => notice !== same);
    this.add('error', message, options, lines);
  }

  async progress<T>(
    title: string,
    task: (report: (progress: ProgressReport) => void, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const notice = this.add('progress', title, {});
    notice.progress = {};
    notice.cancel = () => {
      controller.abort();
      notice.cancel = null;
      this.changed.fire();
    };
    try {
      return await task((progress) => {
        notice.progress = { ...notice.progress, ...progress, ...(progress.text && { text: printable(progress.text) }) };
        this.changed.fire();
      }, controller.signal);
    } finally {
      this.remove(notice);
    }
  }

  /** Takes the toast away; the notice stays in the centre. */
  hide(notice: Notice): void {
    if (!notice.toast) return;
    notice.toast = false;
    this.changed.fire();
  }

  hideAll(): void {
    for (const notice of this.notices) notice.toast = false;
    this.changed.fire();
  }

  remove(notice: Notice): void {
    this.notices = this.notices.filter((other) => other !== notice);
    this.changed.fire();
  }

  /** All but what is under way. */
  clear(): void {
    this.notices = this.notices.filter(({ severity }) => severity === 'progress');
    this.changed.fire();
  }

  markRead(): void {
    for (const notice of this.notices) notice.read = true;
    this.changed.fire();
  }

  private add(severity: Severity, message: string, options: NotificationOptions, lines: string[] = []): Notice {
    const notice: Notice = {
      id: this.nextId++,
      severity,
      message: printable(message),
      detail: [...lines, ...(options.detail?.split('\n') ?? [])].map(printable),
      options,
      time: Date.now(),
      progress: null,
      cancel: null,
      toast: true,
      read: false,
    };
    this.notices = [notice, ...this.notices].slice(0, KEPT);
    this.changed.fire();
    return notice;
  }
}

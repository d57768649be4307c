import { html, render } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { StatusBarService, StatusHandle } from '../api';
import type { Notifications } from '../services/prompts/notifications';
import { noticeTemplate } from './noticeParts';
import './notices.css';

const SHOWN_TOASTS = 4;

/** Toasts at the lower right, the centre with all notifications behind the bell, and what is read out of them. */
export class NoticeSurfaces {
  private readonly toasts = document.createElement('section');
  private readonly centre = document.createElement('section');
  private readonly announcer = document.createElement('div');
  private readonly bell: StatusHandle;
  private announced = 0;
  private returnTo: HTMLElement | null = null;

  constructor(
    private readonly notifications: Notifications,
    statusBar: StatusBarService,
  ) {
    this.toasts.className = 'dw-toasts';
    this.toasts.setAttribute('aria-label', 'Notifications');
    this.centre.className = 'dw-notice-centre';
    this.centre.setAttribute('aria-label', 'Notification centre');
    this.centre.tabIndex = -1;
    this.centre.hidden = true;
    this.announcer.className = 'dw-visually-hidden';
    this.announcer.setAttribute('aria-live', 'polite');
    this.bell = statusBar.add({
      id: 'notifications',
      side: 'right',
      priority: 1000,
      text: '$(bell)',
      command: 'notifications.toggle',
    });
    this.toasts.addEventListener('focusin', ({ relatedTarget }) => {
      if (relatedTarget instanceof HTMLElement && !this.toasts.contains(relatedTarget)) this.returnTo = relatedTarget;
    });
    for (const element of [this.toasts, this.centre]) element.addEventListener('keydown', (event) => this.onKeyDown(event));
    this.centre.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget instanceof HTMLElement && !this.centre.contains(relatedTarget)) this.setOpen(false);
    });
    document.body.append(this.toasts, this.centre, this.announcer);
    notifications.onDidChange(() => this.update());
    this.update();
  }

  get isOpen(): boolean {
    return !this.centre.hidden;
  }

  toggle(): void {
    this.setOpen(!this.isOpen);
  }

  focusToasts(): void {
    this.toasts.querySelector<HTMLElement>('button')?.focus();
  }

  /** They stay in the centre. */
  hide(): void {
    this.notifications.hideAll();
  }

  clear(): void {
    this.notifications.clear();
  }

  private setOpen(open: boolean): void {
    if (open === this.isOpen) return;
    this.centre.hidden = !open;
    if (open) {
      this.returnTo = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      this.notifications.hideAll();
      this.notifications.markRead();
      this.update();
      this.centre.focus();
    } else if (this.centre.contains(document.activeElement)) this.returnTo?.focus({ preventScroll: true });
  }

  private onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (this.isOpen) this.setOpen(false);
    else this.notifications.hideAll();
  }

  private update(): void {
    const all = this.notifications.all();
    const toasts = this.isOpen ? [] : all.filter(({ toast }) => toast).slice(0, SHOWN_TOASTS);
    const hadFocus = this.toasts.contains(document.activeElement);
    render(
      repeat(
        toasts,
        ({ id }) => id,
        (notice) => noticeTemplate(notice, this.notifications, false),
      ),
      this.toasts,
    );
    if (hadFocus && !this.toasts.contains(document.activeElement)) this.leaveToast();
    if (this.isOpen) this.drawCentre();
    this.announce();
    const unread = all.filter(({ read }) => !read).length;
    this.bell.update({
      text: unread > 0 ? `$(bell-dot) ${unread}` : '$(bell)',
      tooltip: unread > 0 ? `${unread} new notification${unread === 1 ? '' : 's'}` : 'Notifications',
    });
  }

  /** Who closes one by the keyboard comes to the next, and at the end back to where the focus was. */
  private leaveToast(): void {
    const next = this.toasts.querySelector<HTMLElement>('button') ?? this.returnTo;
    if (next?.isConnected) next.focus({ preventScroll: true });
  }

  private drawCentre(): void {
    const all = this.notifications.all();
    render(
      html`<div class="dw-notice-centre-head">
          <h2>Notifications</h2>
          <button
            type="button"
            class="dw-icon-button"
            title="Clear all"
            aria-label="Clear all notifications"
            @click=${() => this.notifications.clear()}
          >
            <i class="codicon codicon-clear-all" aria-hidden="true"></i>
          </button>
          <button
            type="button"
            class="dw-icon-button"
            title="Close (Escape)"
            aria-label="Close notification centre"
            @click=${() => this.setOpen(false)}
          >
            <i class="codicon codicon-chevron-down" aria-hidden="true"></i>
          </button>
        </div>
        <div class="dw-notice-list">
          ${all.length === 0 ? html`<p>Nothing yet. What happens while you work is kept here.</p>` : null}
          ${repeat(
            all,
            ({ id }) => id,
            (notice) => noticeTemplate(notice, this.notifications, true),
          )}
        </div>`,
      this.centre,
    );
  }

  /** Each new one once; not what moves while something is under way. */
  private announce(): void {
    const fresh = this.notifications.all().filter(({ id }) => id > this.announced);
    if (fresh.length === 0) return;
    this.announced = fresh[0]!.id;
    this.announcer.setAttribute('aria-live', fresh.some(({ severity }) => severity === 'error') ? 'assertive' : 'polite');
    this.announcer.textContent = fresh
      .reverse()
      .map(({ severity, message, detail }) => [severity === 'error' ? 'Error:' : '', message, ...detail].join(' '))
      .join('\n');
  }
}

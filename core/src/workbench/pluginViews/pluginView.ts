import { FailedError } from '@diskwright/sdk/errors';
import { type LeaveFor, READY } from '@diskwright/sdk/view';
import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { Emitter, type Disposable, type Workbench } from '../api';
import { askedGrants } from '../plugins/askGrants';
import { LightElement } from '../widgets/lightElement';
import { emptyBlock, errorBlock } from '../widgets/shared/blocks';
import type { CommandCatalogue } from '../wizards/commandCatalogue';
import './pluginView.css';
import { ViewChannel } from './viewChannel';
import type { ViewEvents } from './viewEvents';
import { currentViewTheme } from './viewTheme';

/** From the frame's begin to its page's first word. */
const READY_MILLISECONDS = 15_000;
/** A page that loads itself anew is opened anew, so often in a minute. */
const MAX_RELOADS = 5;
const RELOAD_MILLISECONDS = 60_000;

const LEAVE_COMMANDS: Readonly<Record<LeaveFor, string>> = {
  next: 'view.focusNextPart',
  previous: 'view.focusPreviousPart',
  commands: 'palette.commands',
  quickOpen: 'palette.open',
};

export interface PluginViewOptions {
  /** The contribution's id. */
  view: string;
  /** As the user named it; null for a view of nothing. */
  subject: string | null;
  /** What the page kept last. */
  state: unknown;
  /** Where it is kept, of a view that is no editor. */
  store?: { read(): Promise<unknown>; write(state: unknown): void };
}

/** An open view: its part at the host, and the way to its page. */
interface Shown {
  viewId: string;
  address: string;
  channel: ViewChannel;
  following: Disposable;
  slow: ReturnType<typeof setTimeout>;
}

/** The page of a plugin in a frame, or why it cannot be shown. */
@customElement('dw-plugin-view')
export class PluginView extends LightElement {
  @state() private shown: Shown | null = null;
  @state() private failure: { title: string; error: unknown } | null = null;
  private kept: unknown;
  private opening: AbortController | null = null;
  /** Of the plugin, when the view was opened, or was tried to: what failed is tried again by the user, or with another version. */
  private version: string | null = null;
  private reloads: number[] = [];
  private readonly stateChanged = new Emitter<void>();
  readonly onDidChangeState = this.stateChanged.event;

  constructor(
    private readonly workbench: Workbench,
    private readonly catalogue: CommandCatalogue,
    private readonly events: ViewEvents,
    private readonly options: PluginViewOptions,
  ) {
    super();
    this.className = 'dw-plugin-view';
    this.kept = options.state;
  }

  saveState(): unknown {
    return this.kept;
  }

  protected override attach(keep: (item: Disposable) => void): void {
    const onMessage = (event: MessageEvent): void => this.onWindowMessage(event);
    // The focus goes into a frame without an event of the page's own.
    const onBlur = (): void => {
      if (this.frame && document.activeElement === this.frame) this.tellFocus();
    };
    addEventListener('message', onMessage);
    addEventListener('blur', onBlur);
    const themed = new MutationObserver(() => this.shown?.channel.send({ kind: 'theme', theme: currentViewTheme() }));
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const seen = new IntersectionObserver((entries) =>
      this.shown?.channel.send({ kind: 'visible', visible: entries.at(-1)!.isIntersecting }),
    );
    seen.observe(this);
    keep(this.catalogue.onDidChange(() => this.follow()));
    keep({
      dispose: () => {
        removeEventListener('message', onMessage);
        removeEventListener('blur', onBlur);
        themed.disconnect();
        seen.disconnect();
        this.end();
      },
    });
    this.follow();
  }

  protected override render(): unknown {
    const { failure, shown, contribution } = this;
    if (failure) return errorBlock(failure.title, failure.error, this.remedies());
    if (!this.catalogue.views) return emptyBlock('Opening the view…', 'The plugins are asked for.');
    if (!contribution)
      return emptyBlock('This view is not there', `No plugin that is in use brings the view ${this.options.view}.`, [
        { label: 'Show Plugins', primary: true, run: () => this.workbench.views.reveal('plugins', { focus: true }) },
      ]);
    if (!shown) return emptyBlock('Opening the view…', `The plugin ${contribution.pluginName} is started.`);
    return this.renderFrame(shown, contribution.contribution.title);
  }

  private renderFrame({ address }: Shown, title: string): TemplateResult {
    const { subject } = this.options;
    return html`${keyed(
      address,
      html`<iframe
        class="dw-plugin-view-frame"
        sandbox="allow-scripts"
        referrerpolicy="no-referrer"
        allow=""
        data-autofocus
        title=${subject === null ? title : `${title}: ${subject}`}
        src=${address}
      ></iframe>`,
    )}`;
  }

  private get frame(): HTMLIFrameElement | null {
    return this.querySelector('iframe');
  }

  private get contribution() {
    return this.catalogue.findView(this.options.view);
  }

  /** Opens the view, or opens it anew when its plugin is another version. */
  private follow(): void {
    const { contribution } = this;
    if (contribution && this.version !== contribution.version) this.reopen();
    else if (!contribution && this.catalogue.views) this.forget();
    this.requestUpdate();
  }

  private forget(): void {
    this.end();
    this.failure = null;
    this.version = null;
  }

  private reopen(): void {
    this.forget();
    void this.open();
  }

  private async open(): Promise<void> {
    const opening = new AbortController();
    this.opening = opening;
    const { host } = this.workbench;
    const { view, subject } = this.options;
    this.version = this.contribution!.version;
    try {
      this.kept ??= await this.options.store?.read();
      const { viewId, address } = await askedGrants(
        this.workbench,
        () => host.request('views/missingGrants', { view, subject }),
        () => host.request('views/open', { view, subject }, opening.signal),
      );
      if (opening.signal.aborted) return void host.request('views/close', { viewId }).catch(() => undefined);
      this.shown = this.begin(viewId, address);
    } catch (error) {
      if (!opening.signal.aborted) this.failure = { title: 'The view cannot be opened', error };
    }
  }

  private begin(viewId: string, address: string): Shown {
    const { host, commands } = this.workbench;
    const channel = new ViewChannel({
      request: async (method, params, signal) => (await host.request('views/request', { viewId, method, params }, signal)).result,
      keepState: (kept) => {
        this.kept = kept;
        this.options.store?.write(kept);
        this.stateChanged.fire();
      },
      leave: (where) => {
        if (document.activeElement === this.frame) void commands.run(LEAVE_COMMANDS[where]);
      },
      stop: (reason) => this.fail('The view was stopped', new FailedError(`${this.pluginName}: ${reason}`)),
    });
    const following = this.events.follow(viewId, {
      posted: (message) => channel.send({ kind: 'post', message }),
      ended: (reason) =>
        this.fail(
          'The plugin of this view has ended',
          new FailedError(`${this.pluginName}: ${reason}`),
          'The log of the plugin may tell more.',
        ),
    });
    const slow = setTimeout(() => {
      if (!channel.connected) this.fail('The view does not answer', new FailedError('its page has not connected'), PAGE_HINT);
    }, READY_MILLISECONDS);
    return { viewId, address, channel, following, slow };
  }

  private get pluginName(): string {
    return this.contribution?.pluginName ?? this.options.view;
  }

  private fail(title: string, error: FailedError, todo?: string): void {
    this.end();
    this.failure = { title, error: todo === undefined ? error : new FailedError(error.message, { todo }) };
  }

  private end(): void {
    this.opening?.abort();
    this.opening = null;
    const { shown } = this;
    this.shown = null;
    if (!shown) return;
    clearTimeout(shown.slow);
    shown.following.dispose();
    shown.channel.close();
    this.workbench.host.request('views/close', { viewId: shown.viewId }).catch(() => undefined);
  }

  private onWindowMessage({ source, data }: MessageEvent): void {
    const { shown, frame } = this;
    if (!shown || !frame || source === null || source !== frame.contentWindow) return;
    shown.channel.count();
    if (this.shown !== shown || data !== READY) return;
    if (shown.channel.connected) return this.reload();
    const rectangle = this.getBoundingClientRect();
    shown.channel.connect(frame.contentWindow!, {
      subject: this.options.subject,
      state: this.kept ?? null,
      theme: currentViewTheme(),
      visible: rectangle.width > 0 && rectangle.height > 0,
    });
  }

  /** The page began anew: so does its part in the plugin, unless it does so again and again. */
  private reload(): void {
    const now = Date.now();
    this.reloads = [...this.reloads.filter((time) => now - time < RELOAD_MILLISECONDS), now];
    if (this.reloads.length > MAX_RELOADS)
      return this.fail('The view was stopped', new FailedError(`${this.pluginName}: its page loads itself again and again`));
    this.reopen();
  }

  /** The page's own listeners learn where the focus is as if it had come to an element of it. */
  private tellFocus(): void {
    for (const type of ['focus', 'focusin'])
      this.frame?.dispatchEvent(new FocusEvent(type, { bubbles: type === 'focusin', composed: true }));
  }

  private remedies() {
    const { contribution, workbench } = this;
    if (!contribution) return [];
    const { pluginId, pluginName } = contribution;
    return [
      { label: 'Try again', primary: true, run: () => this.reopen() },
      {
        label: `Show ${pluginName}`,
        run: () => workbench.editors.open({ type: 'plugin', key: pluginId }),
      },
    ];
  }
}

const PAGE_HINT =
  'Try again. In Safari views are not shown, since it does not know names below localhost: use another browser, or the window that diskwright opens itself.';

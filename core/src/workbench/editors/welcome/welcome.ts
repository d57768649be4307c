import { PeerGoneError } from '@diskwright/sdk/errors';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { WorkbenchResult } from '../../../common/workbench';
import type { Disposable, Workbench } from '../../api';
import type { RecentDevices } from '../../services/recentDevices';
import { LightElement } from '../../widgets/lightElement';
import { isCancellation } from '../../widgets/shared/errorText';
import { errorBlock } from '../../widgets/shared/blocks';
import { commandCatalogue, pageCommand } from '../../wizards/commandCatalogue';
import { type PlacedCommand, placedCommands } from '../../wizards/placedCommands';
import './welcome.css';

type Hello = WorkbenchResult<'workbench/hello'>;

const START: readonly [command: string, icon: string, title: string][] = [
  ['devices.openFile', 'folder-opened', 'Open an image…'],
  ['devices.openByName', 'link', 'Open by name or NBD URI…'],
  ['plans.open', 'checklist', 'Open a plan…'],
];
const KEYS: readonly [command: string, title: string][] = [
  ['palette.commands', 'All commands'],
  ['palette.open', 'Open a device or an editor'],
  ['view.focusNextPart', 'To the next part of the window'],
  ['view.toggleSideBar', 'Side bar on and off'],
  ['view.togglePanel', 'Panel on and off'],
  ['sectors.goTo', 'Go to an offset (in sectors)'],
  ['editors.close', 'Close the editor'],
  ['preferences.settings', 'Settings'],
  ['preferences.keybindings', 'Change keys'],
];

/** What Diskwright is, images to try it on, and where to begin. */
@customElement('dw-welcome')
export class Welcome extends LightElement {
  @state() private hello: Hello | null = null;
  @state() private problem: unknown = null;
  private readonly lifetime = new AbortController();

  constructor(
    private readonly workbench: Workbench,
    private readonly recent: RecentDevices,
  ) {
    super();
    void this.load();
  }

  dispose(): void {
    this.lifetime.abort();
  }

  protected override attach(keep: (item: Disposable) => void): void {
    const { commands, devices, host } = this.workbench;
    for (const event of [commands.onDidChange, devices.onDidChange, this.recent.onDidChange]) {
      keep(event(() => this.requestUpdate()));
    }
    keep(
      host.onDidChangeState((state) => {
        if (state === 'connected') void this.load();
      }),
    );
  }

  protected override render(): TemplateResult {
    return html`<div class="dw-welcome">
      <header>
        <h1>Diskwright</h1>
        <p>
          A workbench for disks and images: see how they are laid out, walk from the partition to the byte, and change them by
          plans that can be read, tried out on a copy that costs nothing, and only then applied. Nothing is written to a device
          without your say.
        </p>
      </header>
      <div>
        ${this.lab()}
        <h2>Start</h2>
        <ul>
          ${[...START, ...this.contributed()].map(
            ([command, icon, title]) => html`<li>${this.link(icon, title, () => this.workbench.commands.run(command))}</li>`,
          )}
        </ul>
      </div>
      <div>${this.recentDevices()} ${this.keys()}</div>
    </div>`;
  }

  private lab(): unknown {
    if (this.problem !== null) return errorBlock('The images to try things on cannot be listed', this.problem);
    const { lab = [], root = true } = this.hello ?? {};
    return html`${
      lab.length > 0
        ? html`<h2>Try it: the lab</h2>
            <p>
              Images that are yours to break. <code>npm start</code> and <code>npm run demo</code> make those that are not there,
              so delete one to have it as it was.
            </p>
            <ul>
              ${lab.map((image) => this.image(image))}
            </ul>`
        : nothing
    }
    ${root ? nothing : html`<p>Disks of the system are opened by the administrator only; images and exports that you may read work as they are.</p>`}`;
  }

  private image({ path, title, description }: Hello['lab'][number]): TemplateResult {
    const { editors, commands } = this.workbench;
    const open = (type: string) => () => editors.open({ type, key: path });
    return html`<li class="dw-welcome-image">
      <h3>${title}</h3>
      <p>${description}</p>
      <div class="dw-welcome-actions">
        <button type="button" class="dw-button" aria-label="Layout of ${title}" @click=${open('layout')}>
          <i class="codicon codicon-layout" aria-hidden="true"></i>Layout
        </button>
        <button type="button" class="dw-button" aria-label="Sectors of ${title}" @click=${open('sectors')}>
          <i class="codicon codicon-file-binary" aria-hidden="true"></i>Sectors
        </button>
        ${this.placed(path).map(
          ({ command, title: action, icon, args }) =>
            html`<button
              type="button"
              class="dw-button"
              aria-label="${action.replace(/…$/, '')}: ${title}"
              @click=${() => commands.run(command, args)}
            >
              <i class="codicon codicon-${icon}" aria-hidden="true"></i>${action}
            </button>`,
        )}
      </div>
    </li>`;
  }

  private placed(path: string): PlacedCommand[] {
    return placedCommands(commandCatalogue(this.workbench.host), { path, place: 'device' }).filter(
      ({ returns }) => returns === 'plan',
    );
  }

  /** What plugins make of a device; what only shows more of one stands in its layout. */
  private contributed(): [command: string, icon: string, title: string][] {
    return (commandCatalogue(this.workbench.host).commands ?? [])
      .filter(({ contribution: { placement, returns } }) => returns === 'plan' && placement?.includes('device'))
      .map(({ contribution: { id, icon = 'wand', title } }) => [pageCommand(id), icon, `${title}…`]);
  }

  private recentDevices(): unknown {
    const { devices, editors } = this.workbench;
    const paths = this.recent.list.slice(0, 8);
    return html`<h2>Recent</h2>
      ${paths.length === 0 ? html`<p>Devices that you open are listed here.</p>` : nothing}
      <ul>
        ${paths.map(
          (path) =>
            html`<li>
              ${this.link(
                'database',
                html`${devices.label(path)} <span class="dw-welcome-path">${path}</span>`,
                () => editors.open({ type: 'layout', key: path }),
                path,
              )}
            </li>`,
        )}
      </ul>`;
  }

  private keys(): TemplateResult {
    const { keybindings } = this.workbench;
    const known = KEYS.map(([command, title]) => ({ title, keys: keybindings.keysOf(command) })).filter(
      ({ keys }) => keys !== null,
    );
    return html`<h2>Keys</h2>
      <dl class="dw-welcome-keys">
        ${known.map(
          ({ title, keys }) =>
            html`<dt><kbd>${keys}</kbd></dt>
              <dd>${title}</dd>`,
        )}
      </dl>`;
  }

  private link(icon: string, content: unknown, run: () => unknown, tooltip?: string): TemplateResult {
    return html`<button type="button" class="dw-welcome-link" title=${tooltip ?? nothing} @click=${run}>
      <i class="codicon codicon-${icon}" aria-hidden="true"></i><span>${content}</span>
    </button>`;
  }

  private async load(): Promise<void> {
    try {
      this.hello = await this.workbench.host.request('workbench/hello', {}, this.lifetime.signal);
      this.problem = null;
    } catch (error) {
      // That the connection was lost is the banner's to say, and it is asked again once that is back.
      if (!isCancellation(error) && !(error instanceof PeerGoneError)) this.problem = error;
    }
  }
}

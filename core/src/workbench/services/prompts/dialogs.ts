import { html } from 'lit';
import { printable, printableLines } from '../../../common/text/printable';
import type { DialogButton, DialogOptions, DialogService, HostConnection } from '../../api';
import { chooseFile } from './dialogs/chooseFile';
import { Modal } from './dialogs/modal';

/** Modal questions. */
export class Dialogs implements DialogService {
  constructor(private readonly host: HostConnection) {}

  show({ title, body, buttons, enabled, onOpen }: DialogOptions): Promise<number | null> {
    return new Promise((resolve) => {
      const finish = (answer: number | null): void => {
        modal.close();
        resolve(answer);
      };
      const modal = new Modal(printable(title), () => finish(null));
      const draw = (): void =>
        modal.draw(
          html`<h2>${printable(title)}</h2>
            <div class="dw-dialog-body">${typeof body === 'string' ? printableLines(body) : body}</div>
            <div class="dw-dialog-buttons">
              ${buttons.map((button, index) => {
                const usable = enabled?.(index) ?? true;
                return html`<button
                  type="button"
                  class="dw-button ${classOf(button)}"
                  ?disabled=${!usable}
                  ?autofocus=${index === focusedAtFirst(buttons)}
                  @click=${() => finish(index)}
                >
                  ${printable(button.label)}
                </button>`;
              })}
            </div>`,
        );
      modal.open(html``);
      draw();
      onOpen?.(draw);
      focusFirst(modal.element, typeof body === 'string' ? null : body);
    });
  }

  chooseFile(options: Parameters<DialogService['chooseFile']>[0]): Promise<string | undefined> {
    return chooseFile(this.host, options);
  }
}

const classOf = ({ kind }: DialogButton): string => (kind === 'primary' || kind === 'danger' ? `dw-${kind}` : '');

/** Never what cannot be undone. */
function focusedAtFirst(buttons: DialogButton[]): number {
  const primary = buttons.findIndex(({ kind }) => kind === 'primary');
  return primary === -1 ? buttons.findIndex(({ kind }) => kind !== 'danger') : primary;
}

/** A field in the body first, then the button that stands to reason. */
function focusFirst(dialog: HTMLElement, body: HTMLElement | null): void {
  const fields = body?.querySelectorAll<HTMLElement>('[autofocus], input:not(:disabled), select, textarea, [tabindex="0"]') ?? [];
  // What is folded away is not focused.
  const field = [...fields].find((candidate) => candidate.checkVisibility());
  const marked = dialog.querySelector<HTMLElement>('.dw-dialog-buttons [autofocus]:not(:disabled)');
  const button = marked ?? dialog.querySelector<HTMLElement>('.dw-dialog-buttons button:not(:disabled)');
  (field ?? button ?? dialog).focus();
}

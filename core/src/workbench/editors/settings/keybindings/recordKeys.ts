import { html } from 'lit';
import { Modal } from '../../../services/prompts/dialogs/modal';
import { showKeys, strokeOf } from '../../../services/keys/strokes';
import { IS_MAC } from '../../../services/keybindings';

const MAXIMUM_STROKES = 2;

/**
 * Asks for keys by pressing them: one stroke, or two one after the other; Enter takes them.
 * @param usedBy the titles of the commands that have these keys now
 */
export function recordKeys(title: string, usedBy: (keys: string) => string[]): Promise<string | null> {
  return new Promise((resolve) => {
    let strokes: string[] = [];
    const finish = (answer: string | null): void => {
      modal.close();
      resolve(answer);
    };
    const modal = new Modal(`New keys for ${title}`, () => finish(null));
    const draw = (): void => {
      const keys = showKeys(strokes, IS_MAC);
      const users = strokes.length > 0 ? usedBy(keys) : [];
      modal.draw(
        html`<h2>New keys for ${title}</h2>
          <div class="dw-dialog-body">
            <p>Press the keys, or two combinations one after the other, then Enter. Escape leaves them as they are.</p>
            <p class="dw-recorded" role="status">${strokes.length > 0 ? html`<kbd>${keys}</kbd>` : 'Nothing pressed yet'}</p>
            <p>
              ${users.length > 0 ? `Has these keys already: ${users.join(', ')}. Where both could run, this one goes first.` : ''}
            </p>
          </div>
          <div class="dw-dialog-buttons">
            <button type="button" class="dw-button" @click=${() => finish(null)}>Keep the old keys</button>
            <button type="button" class="dw-button dw-primary" ?disabled=${strokes.length === 0} @click=${() => finish(keys)}>
              Use these keys
            </button>
          </div>`,
      );
    };
    modal.element.addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Tab' || event.key === 'Escape') return;
        const onButton = event.target instanceof HTMLButtonElement;
        if (onButton && (event.key === 'Enter' || event.key === ' ')) return;
        event.preventDefault();
        event.stopPropagation();
        const stroke = strokeOf(event, IS_MAC);
        if (stroke === 'enter' && strokes.length > 0) return finish(showKeys(strokes, IS_MAC));
        if (stroke === null || stroke === 'enter') return;
        strokes = strokes.length === MAXIMUM_STROKES ? [stroke] : [...strokes, stroke];
        draw();
      },
      true,
    );
    modal.element.tabIndex = -1;
    modal.open(html``);
    draw();
    modal.element.focus();
  });
}

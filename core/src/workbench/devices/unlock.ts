import { SecretNeededError } from '@diskwright/sdk/errors';
import { html, render } from 'lit';
import { printable } from '../../common/text/printable';
import type { Workbench } from '../api';
import { showError } from '../widgets/shared/errorText';

/** Does something that may need the passphrase of an encrypted container, which is asked for then. @throws as `action`, also when nobody gives one */
export async function withPassphrase<T>(workbench: Workbench, action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      const volume = error instanceof SecretNeededError ? error.detail.device : undefined;
      if (volume === undefined || !(await unlock(workbench, volume))) throw error;
    }
  }
}

/**
 * Asks for the passphrase of the container on a volume, until one is right.
 * @param volume `DEVICE#N`
 * @returns whether it is open
 */
export async function unlock({ dialogs, host, devices }: Workbench, volume: string): Promise<boolean> {
  const body = document.createElement('div');
  let problem = '';
  for (;;) {
    render(
      html`<div class="dw-field">
        <label for="passphrase">Passphrase of ${printable(volume)}</label>
        <input
          class="dw-input"
          id="passphrase"
          type="password"
          autocomplete="off"
          spellcheck="false"
          aria-describedby="passphrase-about passphrase-error"
          @keydown=${submitOnEnter}
          aria-invalid=${problem !== ''}
        />
        <p id="passphrase-about">It is kept in memory until Diskwright ends, and written nowhere.</p>
        <p id="passphrase-error" class="dw-field-error" role="alert">${problem}</p>
      </div>`,
      body,
    );
    const input = body.querySelector('input')!;
    input.value = '';
    const answer = await dialogs.show({
      title: 'Open an encrypted container',
      body,
      buttons: [{ label: 'Open', kind: 'primary' }, { label: 'Cancel' }],
    });
    const secret = input.value;
    input.value = '';
    if (answer !== 0) return false;
    try {
      await host.request('containers/unlock', { volume, secret });
      devices.refresh(volume.slice(0, volume.lastIndexOf('#')));
      return true;
    } catch (error) {
      if (!(error instanceof SecretNeededError)) throw error;
      problem = showError(error).message;
    }
  }
}

function submitOnEnter({ key, target }: KeyboardEvent): void {
  if (key === 'Enter') (target as Element).closest('dialog')?.querySelector<HTMLElement>('.dw-primary')?.click();
}

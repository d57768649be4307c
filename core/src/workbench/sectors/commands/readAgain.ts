import { plural } from '../../../common/text/size';
import { showError } from '../../widgets/shared/errorText';
import type { ByteView } from '../byteView';
import type { Sectors } from '../sectors';

/** A device that takes longer to be opened again is taken for one that does not answer. */
const patienceMilliseconds = 5000;

/**
 * Whether the bytes that are shown are those of the device that the path names. When it names another one by now, that one is shown instead; when
 * none, what was read before stays. Tells the user of both.
 */
export async function confirmDevice({ workbench, documents }: Sectors, editor: ByteView): Promise<boolean> {
  const { label, path } = editor;
  const staged = editor.document?.edits.count ?? 0;
  const kept = staged > 0 ? ` ${plural(staged, 'changed byte')} stay staged.` : '';
  const signal = AbortSignal.timeout(patienceMilliseconds);
  try {
    if (await documents.isCurrent(path, signal)) return true;
  } catch (error) {
    const { message, lines } = showError(error);
    const why = signal.aborted ? ['It has not answered for 5 s.'] : [message, ...lines];
    workbench.notifications.warn(`${label} cannot be opened any more`, {
      detail: `${why.join(' ')} What was read of it before is still shown.${kept} Bring it back, then choose Read Again.`,
      actions: [{ label: 'Read again', run: () => workbench.commands.run('sectors.readAgain') }],
    });
    return false;
  }
  editor.reopen();
  workbench.notifications.warn(`${label} is another device than before`, {
    detail: `Its bytes are shown now.${kept}${staged > 0 ? ' Look at them before you review them: they were made over other bytes.' : ''}`,
  });
  return false;
}

/** Reads what is seen again, and what lies on the device: another program may have written it. */
export async function readAgain(sectors: Sectors, editor: ByteView): Promise<void> {
  if (await confirmDevice(sectors, editor)) sectors.workbench.devices.refresh(editor.path);
}

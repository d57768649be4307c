import type { Workbench } from '../../api';
import type { PickOptions } from './choices';
import './devicePicker';

export interface PickDeviceOptions extends Partial<PickOptions> {
  title: string;
  /** On the button: `Compare`. */
  action: string;
}

/** Asks for a device, or a volume, in a dialog. Undefined when none was chosen. */
export async function pickDevice(
  workbench: Workbench,
  { title, action, ...options }: PickDeviceOptions,
): Promise<string | undefined> {
  const picker = document.createElement('dw-device-picker');
  picker.workbench = workbench;
  picker.options = { role: 'source', format: 'device', ...options };
  picker.label = title;
  const answer = await workbench.dialogs.show({
    title,
    body: picker,
    buttons: [{ label: action, kind: 'primary' }, { label: 'Cancel' }],
    enabled: (button) => button !== 0 || picker.value !== null,
    onOpen: (changed) => picker.addEventListener('change', changed),
  });
  return answer === 0 ? (picker.value ?? undefined) : undefined;
}

import type { PluginEntry } from '../../common/workbench';

/** A plugin's state as it is shown. */
export interface PluginStateWords {
  /** A codicon's name. */
  icon: string;
  text: string;
  /** What it means, a sentence. */
  meaning: string;
  tone: 'good' | 'quiet' | 'warning' | 'bad';
}

const STATES: Readonly<Record<PluginEntry['state'], PluginStateWords>> = {
  running: { icon: 'play-circle', text: 'Running', meaning: 'Its process runs.', tone: 'good' },
  stopped: {
    icon: 'circle-outline',
    text: 'Ready',
    meaning: 'No process runs now; one is started when it is needed.',
    tone: 'quiet',
  },
  disabled: { icon: 'circle-slash', text: 'Disabled', meaning: 'It is not used until you enable it.', tone: 'warning' },
  invalid: { icon: 'error', text: 'Broken', meaning: 'Its package is not as it has to be, so it cannot be used.', tone: 'bad' },
  incompatible: {
    icon: 'error',
    text: 'Does not fit',
    meaning: 'It was made for another version of Diskwright, so it cannot be used.',
    tone: 'bad',
  },
};

/** The state in words; one that was disabled because it crashed is not one that the user turned off. */
export function pluginState({ state, enabled, crashes }: Pick<PluginEntry, 'state' | 'enabled' | 'crashes'>): PluginStateWords {
  if (state === 'disabled' && enabled) {
    const times = crashes === 1 ? 'once' : `${crashes} times`;
    return {
      icon: 'warning',
      text: 'Disabled after crashes',
      meaning: `It crashed ${times} and was disabled. Enable it to try it again.`,
      tone: 'bad',
    };
  }
  return STATES[state];
}

/** Can be turned on and off. */
export const canBeEnabled = ({ state }: Pick<PluginEntry, 'state'>): boolean => state !== 'invalid' && state !== 'incompatible';

/** What a capability lets a plugin do, in plain words; null for one that is not known. */
export function capabilityWords(capability: string): { text: string; detail: string } | null {
  const [kind, object] = capability.split(/:(.*)/s) as [string, string | undefined];
  switch (kind) {
    case 'device.read':
      return {
        text: 'Read devices',
        detail:
          'Reads sectors of the devices you give it, over a connection that can only read and only as long as it is needed.',
      };
    case 'device.write':
      return {
        text: 'Plans that write devices',
        detail: 'Makes plans that you may apply to a device. It never writes itself: what is written stands in the plan.',
      };
    case 'network':
      return { text: 'Network', detail: 'Connects to other machines.' };
    case 'exec':
      return { text: `Run ${object}`, detail: `Starts the program ${object} of this machine.` };
    case 'files.read':
      return { text: `Read files (${object})`, detail: 'Reads files that you choose for it.' };
    case 'files.write':
      return { text: `Write files (${object})`, detail: 'Writes files that you choose for it.' };
    default:
      return null;
  }
}

import { formatSize, plural } from '../../common/text/size';
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
  inactive: {
    icon: 'circle-slash',
    text: 'Inactive',
    meaning: 'It is not used until what it needs is there.',
    tone: 'warning',
  },
  blocked: { icon: 'circle-slash', text: 'Blocked', meaning: 'This version is not to be started.', tone: 'bad' },
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

/** When and why a process of it was stopped, a sentence. */
export function stopWords({ time, reason }: NonNullable<PluginEntry['lastStop']>): string {
  return `Its process was stopped on ${new Date(time).toLocaleString()}: ${reason}.`;
}

/** How much it says, and whether that is too much. */
export function logWords({
  logCharacters,
  logDroppedLines,
}: Pick<NonNullable<PluginEntry['process']>, 'logCharacters' | 'logDroppedLines'>): string {
  const dropped = logDroppedLines === 0 ? '' : `; ${plural(logDroppedLines, 'line')} dropped, as they came too fast`;
  return `${formatSize(logCharacters)}${dropped}`;
}

/** From which on a figure is worth a place in the list. */
const BUSY_PERCENT = 5;
const BUSY_LAG_MILLISECONDS = 100;
const BUSY_MESSAGES = 50;

/** What a plugin takes more of than most: which one is slow or noisy is seen in the list. */
export function busyWords({ process }: Pick<PluginEntry, 'process'>): string[] {
  if (!process) return [];
  const { processorPercent, lagMilliseconds, messagesPerSecond, logDroppedLines } = process;
  return [
    ...(processorPercent !== null && processorPercent >= BUSY_PERCENT ? [`${processorPercent.toFixed(0)} % CPU`] : []),
    ...(lagMilliseconds !== null && lagMilliseconds >= BUSY_LAG_MILLISECONDS ? [`lag ${lagMilliseconds.toFixed(0)} ms`] : []),
    ...(messagesPerSecond !== null && messagesPerSecond >= BUSY_MESSAGES ? [`${messagesPerSecond.toFixed(0)} messages/s`] : []),
    ...(logDroppedLines > 0 ? ['floods its log'] : []),
  ];
}

/** Can be turned on and off. */
export const canBeEnabled = ({ state }: Pick<PluginEntry, 'state'>): boolean =>
  !['invalid', 'incompatible', 'blocked'].includes(state);

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

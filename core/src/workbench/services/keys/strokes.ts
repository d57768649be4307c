/** Keys as they are written and as they are pressed, in one form: `ctrl+shift+p`. Ctrl is Cmd on a Mac. Pure. */

/** What is used of a KeyboardEvent. */
export interface PressedKey {
  key: string;
  code: string;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

const MODIFIERS = ['ctrl', 'shift', 'alt', 'meta'] as const;
type Modifier = (typeof MODIFIERS)[number];
const MODIFIER_NAMES: Record<string, Modifier> = {
  ctrl: 'ctrl',
  cmd: 'ctrl',
  mod: 'ctrl',
  shift: 'shift',
  alt: 'alt',
  option: 'alt',
  meta: 'meta',
  win: 'meta',
};
const KEY_NAMES: Record<string, string> = {
  arrowleft: 'left',
  arrowright: 'right',
  arrowup: 'up',
  arrowdown: 'down',
  esc: 'escape',
  del: 'delete',
  ins: 'insert',
  return: 'enter',
  ' ': 'space',
  plus: '+',
};
const CODE_KEYS: Record<string, string> = {
  Comma: ',',
  Period: '.',
  Slash: '/',
  Semicolon: ';',
  Quote: "'",
  BracketLeft: '[',
  BracketRight: ']',
  Backslash: '\\',
  Backquote: '`',
  Minus: '-',
  Equal: '=',
  NumpadAdd: '+',
  NumpadSubtract: '-',
};
const KNOWN_KEYS =
  /^(?:[a-z0-9]|f[1-9]|f1\d|f2[0-4]|[,./;'[\]\\`=+-]|left|right|up|down|escape|delete|insert|enter|space|tab|backspace|home|end|pageup|pagedown|contextmenu)$/;

/**
 * `Ctrl+K Ctrl+S` as strokes, one after the other.
 * @throws SyntaxError saying what cannot be read
 */
export function parseKeys(text: string): string[] {
  const strokes = text.trim().split(/\s+/).map(parseStroke);
  if (strokes.length > 2) throw new SyntaxError(`"${text}" has more than two strokes`);
  return strokes;
}

function parseStroke(text: string): string {
  // A plus sign may be the key itself.
  const parts = text.toLowerCase().replace(/\+\+$/, '+plus').split('+');
  const key = parts.pop() ?? '';
  const held = new Set<Modifier>();
  for (const part of parts) {
    const modifier = MODIFIER_NAMES[part];
    if (!modifier) throw new SyntaxError(`"${part}" in "${text}" is no modifier (Ctrl, Shift, Alt, Meta)`);
    held.add(modifier);
  }
  const name = KEY_NAMES[key] ?? key;
  if (!KNOWN_KEYS.test(name)) throw new SyntaxError(`"${key}" in "${text}" is no key`);
  return strokeText(held, name);
}

/** What was pressed; null for a modifier alone and for what types a character by AltGr. */
export function strokeOf(event: PressedKey, mac = false): string | null {
  const key = keyOf(event);
  if (key === null) return null;
  const held = new Set<Modifier>();
  if (mac ? event.metaKey : event.ctrlKey) held.add('ctrl');
  if (event.shiftKey) held.add('shift');
  if (event.altKey) held.add('alt');
  if (mac ? event.ctrlKey : event.metaKey) held.add('meta');
  return strokeText(held, key);
}

/**
 * The key by what it types where that is a letter of ours, or else by its place on the keyboard: shortcuts are where the letters are
 * printed, and work on keyboards with other alphabets, too.
 */
function keyOf({ key, code }: PressedKey): string | null {
  const typed = key.toLowerCase();
  if (/^[a-z]$/.test(typed)) return typed;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (digit && /^(\d|\P{L})$/u.test(key)) return digit;
  if (/^[,./;'[\]\\`=+-]$/.test(key)) return key;
  const placed = CODE_KEYS[code];
  if (placed) return placed;
  const name = KEY_NAMES[typed] ?? typed;
  return KNOWN_KEYS.test(name) ? name : null;
}

function strokeText(held: ReadonlySet<Modifier>, key: string): string {
  return [...MODIFIERS.filter((modifier) => held.has(modifier)), key].join('+');
}

const SHOWN: Record<string, string> = { pageup: 'PageUp', pagedown: 'PageDown', contextmenu: 'ContextMenu' };
const MAC_SHOWN: Record<string, string> = { ctrl: '⌘', shift: '⇧', alt: '⌥', meta: '⌃' };

/** Strokes as people read them: `Ctrl+K Ctrl+S`. */
export function showKeys(strokes: readonly string[], mac = false): string {
  return strokes.map((stroke) => showStroke(stroke, mac)).join(' ');
}

function showStroke(stroke: string, mac: boolean): string {
  const parts = stroke.endsWith('++') ? [...stroke.slice(0, -2).split('+'), '+'] : stroke.split('+').map((part) => part || '+');
  const shown = parts.map((part, index) => {
    if (mac && index < parts.length - 1) return MAC_SHOWN[part] ?? part;
    return SHOWN[part] ?? part.charAt(0).toUpperCase() + part.slice(1);
  });
  return shown.join(mac ? '' : '+');
}

import {
  type CommandService,
  type Disposable,
  Emitter,
  type HostConnection,
  type Keybinding,
  type KeybindingService,
} from '../api';
import type { ContextKeys } from './contextKeys';
import { arrivesInTab, isPlainTab } from './keys/browserStrokes';
import { mergeBindings, type ResolvedBinding, resolveStrokes, type UserRule } from './keys/resolve';
import { parseKeys, showKeys, strokeOf } from './keys/strokes';
import { type DocumentProblem, readUserKeybindings } from './keys/userKeybindings';

export const IS_MAC = /mac/i.test(navigator.platform);
const CHORD_MILLISECONDS = 5000;

/** What a text field needs for itself, whatever is bound to it. */
const EDITING_STROKE =
  /^(?:(?:shift\+)?[^+]+|ctrl\+[acvxyz]|ctrl\+shift\+z|(?:ctrl\+|alt\+|ctrl\+shift\+|shift\+alt\+)(?:left|right|up|down|home|end|backspace|delete))$/;
const ALWAYS_STROKE = /^(?:shift\+)?(?:f\d+|escape)$/;

/** Runs commands by keys: listens on the document, after whatever has the focus has had its turn. */
export class Keybindings implements KeybindingService, Disposable {
  private readonly defaults: ResolvedBinding[] = [];
  private rules: readonly UserRule[] = [];
  private merged: ResolvedBinding[] | null = null;
  private pressed: string[] = [];
  private chordTimer: ReturnType<typeof setTimeout> | null = null;
  private readonly chordChanged = new Emitter<string | null>();
  /** The first stroke of a chord while the second is waited for; null when it is over. */
  readonly onDidChangeChord = this.chordChanged.event;
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly onKeyDown = (event: KeyboardEvent): void => this.handle(event);

  constructor(
    private readonly commands: CommandService,
    private readonly context: ContextKeys,
  ) {
    document.addEventListener('keydown', this.onKeyDown);
  }

  add(binding: Keybinding): Disposable {
    const { command, when, args } = binding;
    this.context.matches(when);
    const resolved: ResolvedBinding = { strokes: parseKeys(binding.keys), command, when, args, user: false };
    this.defaults.push(resolved);
    this.change();
    return {
      dispose: () => {
        const index = this.defaults.indexOf(resolved);
        if (index === -1) return;
        this.defaults.splice(index, 1);
        this.change();
      },
    };
  }

  keysOf(command: string): string | null {
    const own = this.all().filter((candidate) => candidate.command === command && candidate.args === undefined);
    const binding = (isPlainTab() && own.find(({ strokes }) => arrivesInTab(strokes))) || own[0];
    return binding ? showKeys(binding.strokes, IS_MAC) : null;
  }

  /** All bindings in force, the strongest first. */
  all(): readonly ResolvedBinding[] {
    return (this.merged ??= mergeBindings(this.defaults, this.rules));
  }

  /** Takes the user's rules from the host whenever they change. @param report gets what is wrong with them */
  follow(host: HostConnection, report: (problems: readonly DocumentProblem[]) => void): void {
    const load = (): void => void this.load(host).then(report, () => undefined);
    host.on('settings/changed', ({ document }) => {
      if (document === 'keybindings') load();
    });
    host.onDidChangeState((state) => {
      if (state === 'connected') load();
    });
  }

  /** Reads keybindings.json; answers what is wrong in it. @throws as the host does */
  async load(host: HostConnection): Promise<readonly DocumentProblem[]> {
    const { text } = await host.request('settings/read', { document: 'keybindings' });
    const { rules, problems } = readUserKeybindings(text);
    this.rules = rules;
    this.change();
    return problems;
  }

  dispose(): void {
    document.removeEventListener('keydown', this.onKeyDown);
    this.endChord();
  }

  private handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.getModifierState('AltGraph')) return;
    const stroke = strokeOf(event, IS_MAC);
    if (stroke === null) return;
    if (document.querySelector('dialog[open]')) return;
    if (this.pressed.length === 0 && isForTextField(stroke, event.target)) return;
    const pressed = [...this.pressed, stroke];
    const resolution = resolveStrokes(
      this.all(),
      pressed,
      ({ command, when }) => this.context.matches(when) && this.commands.isEnabled(command),
    );
    const waited = this.pressed.length > 0;
    this.endChord();
    // The second stroke of a chord is ours even when it means nothing.
    if (resolution.kind !== 'none' || waited) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (resolution.kind === 'chord') this.beginChord(pressed);
    else if (resolution.kind === 'command') void this.commands.run(resolution.binding.command, resolution.binding.args);
  }

  private beginChord(pressed: string[]): void {
    this.pressed = pressed;
    this.chordTimer = setTimeout(() => this.endChord(), CHORD_MILLISECONDS);
    this.chordChanged.fire(showKeys(pressed, IS_MAC));
  }

  private endChord(): void {
    if (this.pressed.length === 0) return;
    if (this.chordTimer !== null) clearTimeout(this.chordTimer);
    this.chordTimer = null;
    this.pressed = [];
    this.chordChanged.fire(null);
  }

  private change(): void {
    this.merged = null;
    this.changed.fire();
  }
}

function isForTextField(stroke: string, target: EventTarget | null): boolean {
  if (!isTextField(target) || ALWAYS_STROKE.test(stroke)) return false;
  return EDITING_STROKE.test(stroke);
}

/** Whether keys that are pressed there type text. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(?:checkbox|radio|button|submit|range|color)$/.test(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

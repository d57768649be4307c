/** A binding with its strokes read. */
export interface ResolvedBinding {
  strokes: readonly string[];
  command: string;
  when?: string;
  args?: unknown;
  /** From keybindings.json. */
  user: boolean;
}

/** A rule of keybindings.json: `-command` takes the default bindings of these keys away from the command. */
export interface UserRule {
  strokes: readonly string[];
  command: string;
  when?: string;
  args?: unknown;
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.join(' ') === b.join(' ');

/** Defaults in the order in which they were added, then the user's rules: the bindings, the strongest first. */
export function mergeBindings(defaults: readonly ResolvedBinding[], rules: readonly UserRule[]): ResolvedBinding[] {
  let merged: ResolvedBinding[] = [...defaults];
  for (const rule of rules) {
    if (rule.command.startsWith('-')) {
      const command = rule.command.slice(1);
      merged = merged.filter(
        (binding) =>
          !(
            binding.command === command &&
            (rule.strokes.length === 0 || same(binding.strokes, rule.strokes)) &&
            (rule.when === undefined || rule.when === binding.when)
          ),
      );
    } else merged.push({ ...rule, user: true });
  }
  return merged.reverse();
}

export type Resolution =
  | { kind: 'none' }
  /** More strokes are needed. */
  | { kind: 'chord' }
  | { kind: 'command'; binding: ResolvedBinding };

/**
 * What the strokes pressed so far mean.
 * @param holds whether a binding's condition holds and its command can be run
 */
export function resolveStrokes(
  bindings: readonly ResolvedBinding[],
  pressed: readonly string[],
  holds: (binding: ResolvedBinding) => boolean,
): Resolution {
  for (const binding of bindings) {
    const fits = pressed.every((stroke, index) => binding.strokes[index] === stroke);
    if (!fits || !holds(binding)) continue;
    return binding.strokes.length === pressed.length ? { kind: 'command', binding } : { kind: 'chord' };
  }
  return { kind: 'none' };
}

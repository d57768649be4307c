import type { CommandContribution } from '@diskwright/sdk/protocol';

/**
 * The field that is filled with a device's or a volume's name when a command is offered on it: the only required one of that format or, of
 * several, the only one that is read and not written. Null where there is no such field.
 */
export function placementField({ input }: Pick<CommandContribution, 'input'>, place: 'device' | 'volume'): string | null {
  const fitting = (input.required ?? []).flatMap((name) => {
    const field = input.properties[name];
    // A volume stands for its root directory.
    const fits = field?.type === 'string' && (field.format === place || (place === 'volume' && field.format === 'volumePath'));
    return fits ? [{ name, isRead: field.access !== 'write' }] : [];
  });
  const candidates = fitting.length > 1 ? fitting.filter(({ isRead }) => isRead) : fitting;
  return candidates.length === 1 ? candidates[0]!.name : null;
}

import type { CommandContribution } from '@diskwright/sdk/protocol';

/** The fields of a command's input that are options on the command line: all that are not taken by position. */
export function optionFields({ cli, input }: CommandContribution): string[] {
  return Object.keys(input.properties).filter((field) => !cli?.positionals.includes(field));
}

/** The field of which several values may be given, with a plan for each; undefined where there is none. */
export function repeatableField({ input }: Pick<CommandContribution, 'input'>): string | undefined {
  return Object.keys(input.properties).find((name) => {
    const field = input.properties[name]!;
    return field.type === 'string' && field.repeatable === true;
  });
}

/** The name of a field's option, without dashes. */
export function optionName({ cli }: CommandContribution, field: string): string {
  return cli?.options?.[field] ?? kebab(field);
}

/** `allSectors` as the command line writes it: `all-sectors`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

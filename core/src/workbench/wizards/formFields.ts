import type { CommandContribution, InputField } from '@diskwright/sdk/protocol';
import { printable, printableLines } from '../../common/text/printable';

/** How a field is asked for. */
export type FieldControl =
  'device' | 'volume' | 'volumePath' | 'file' | 'folder' | 'secret' | 'size' | 'choice' | 'text' | 'number' | 'check' | 'list';

/** A field of a command's input as its form shows it. */
export interface FormField {
  name: string;
  label: string;
  description: string;
  required: boolean;
  control: FieldControl;
  definition: InputField;
  /** Of devices, volumes and files: whether the command reads it or its result will write it. */
  access: 'read' | 'write';
}

/** The fields of a command in the order of its schema. */
export function formFields({ input }: Pick<CommandContribution, 'input'>): FormField[] {
  return Object.entries(input.properties).map(([name, definition]) => ({
    name,
    label: printable(definition.title ?? name),
    description: printableLines(definition.description ?? ''),
    required: input.required?.includes(name) ?? false,
    control: controlOf(definition),
    definition,
    access: definition.type === 'string' ? (definition.access ?? 'read') : 'read',
  }));
}

function controlOf(definition: InputField): FieldControl {
  switch (definition.type) {
    case 'string':
      if (definition.enum) return 'choice';
      return definition.format === undefined ? 'text' : CONTROL_OF_FORMAT[definition.format];
    case 'boolean':
      return 'check';
    case 'array':
      return 'list';
    default:
      return 'number';
  }
}

const CONTROL_OF_FORMAT = {
  device: 'device',
  volume: 'volume',
  volumePath: 'volumePath',
  folder: 'folder',
  path: 'file',
  file: 'file',
  layout: 'file',
  size: 'size',
  secret: 'secret',
} as const;

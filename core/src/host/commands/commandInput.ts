import type { CommandInput, InputField, InputSchema } from '@diskwright/sdk/protocol';

/** What is wrong with one field of a command's input. */
export interface InputError {
  field: string;
  message: string;
}

/** Fills in the schema's defaults and finds everything that is wrong. The input itself is not changed. */
export function checkInput(schema: InputSchema, input: CommandInput): { input: CommandInput; errors: InputError[] } {
  const complete: CommandInput = {};
  const errors: InputError[] = [];
  for (const [field, definition] of Object.entries(schema.properties)) {
    const value = input[field] ?? ('default' in definition ? definition.default : undefined);
    if (value === undefined) {
      if (schema.required?.includes(field)) errors.push({ field, message: `${definition.title ?? field} is needed` });
      continue;
    }
    const message = fieldProblem(definition, value);
    if (message === null) complete[field] = withItemDefaults(definition, value);
    else errors.push({ field, message });
  }
  for (const field of Object.keys(input)) {
    if (!(field in schema.properties))
      errors.push({ field, message: `there is no field "${field}"; there are ${Object.keys(schema.properties).join(', ')}` });
  }
  return { input: complete, errors };
}

/** Why a field cannot have a value, to follow its name in a sentence; null when it can. */
export function fieldProblem(definition: InputField, value: unknown): string | null {
  switch (definition.type) {
    case 'string':
      if (typeof value !== 'string') return 'is not text';
      if (definition.enum && !definition.enum.includes(value)) return `is "${value}", not one of ${definition.enum.join(', ')}`;
      return null;
    case 'boolean':
      return typeof value === 'boolean' ? null : 'is neither true nor false';
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'is not a number';
      if (definition.type === 'integer' && !Number.isSafeInteger(value)) return `is ${value}, not a whole number`;
      if (definition.minimum !== undefined && value < definition.minimum) return `is ${value}, less than ${definition.minimum}`;
      if (definition.maximum !== undefined && value > definition.maximum) return `is ${value}, more than ${definition.maximum}`;
      return null;
    case 'array': {
      if (!Array.isArray(value)) return 'is not a list';
      if (definition.maxItems !== undefined && value.length > definition.maxItems)
        return `has ${value.length} items, more than ${definition.maxItems}`;
      const wrong = value.findIndex((item) => !isOfType(definition.items.type, item));
      if (wrong >= 0) return `item ${wrong + 1} is not of type ${definition.items.type}`;
      return itemProblem(definition.items, value as CommandInput[]);
    }
  }
}

type Items = (InputField & { type: 'array' })['items'];

/** What is wrong with the first object of a list that is not as it has to be. */
function itemProblem({ properties, required = [] }: Items, objects: readonly CommandInput[]): string | null {
  if (!properties) return null;
  for (const [index, object] of objects.entries()) {
    const { errors } = checkInput({ type: 'object', properties, required }, object);
    if (errors.length > 0) return `item ${index + 1}: ${errors[0]!.field}: ${errors[0]!.message}`;
  }
  return null;
}

function withItemDefaults(definition: InputField, value: unknown): unknown {
  if (definition.type !== 'array' || !definition.items.properties) return value;
  const schema: InputSchema = { type: 'object', properties: definition.items.properties };
  return (value as CommandInput[]).map((object) => checkInput(schema, object).input);
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

import type { InputField } from '@diskwright/sdk/protocol';

const OPENED_FORMATS: readonly unknown[] = ['device', 'volume', 'volumePath'];

/** Whether a field names a device, or something on one. */
export const namesDevice = (definition: InputField): definition is InputField & { type: 'string' } =>
  definition.type === 'string' && OPENED_FORMATS.includes(definition.format);

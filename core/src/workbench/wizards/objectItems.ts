/** The objects of a list are kept as lines of JSON, as they stand in a form whose fields are not known. */

/** The line with a field of its object changed; undefined takes it out. */
export function withField(line: string, name: string, value: unknown): string {
  const { [name]: _, ...rest } = objectOf(line);
  return JSON.stringify(value === undefined ? rest : { ...rest, [name]: value });
}

export function fieldOf(line: string, name: string): unknown {
  return objectOf(line)[name];
}

/** What is no object counts as one without fields. */
function objectOf(line: string): Record<string, unknown> {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

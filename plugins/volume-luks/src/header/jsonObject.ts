import { damaged } from './luksHeader';

const MAX_UINT32 = 2 ** 32 - 1;

/** An object of the JSON area, whose values are checked when they are asked for. Each throws DamagedStructureError for what is not there or of another kind. */
export class JsonObject {
  private constructor(
    private readonly value: Record<string, unknown>,
    /** In messages: `keyslots.0`. */
    readonly path: string,
  ) {}

  static parse(text: string): JsonObject {
    try {
      return JsonObject.of(JSON.parse(text), '');
    } catch (error) {
      if (error instanceof SyntaxError) throw damaged('its JSON area is none');
      throw error;
    }
  }

  private static of(value: unknown, path: string): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notA('object', path);
    return new JsonObject(value as Record<string, unknown>, path);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.value, name);
  }

  object(name: string): JsonObject {
    return JsonObject.of(this.own(name), this.pathOf(name));
  }

  /** Objects by their numbers, in this order. */
  numbered(name: string): [string, JsonObject][] {
    const all = this.object(name);
    const names = Object.keys(all.value).filter((key) => /^\d{1,4}$/.test(key));
    return names.sort((a, b) => Number(a) - Number(b)).map((key) => [key, all.object(key)]);
  }

  text(name: string): string {
    const value = this.own(name);
    if (typeof value !== 'string') throw notA('text', this.pathOf(name));
    return value;
  }

  count(name: string, minimum = 1): number {
    const value = this.own(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > MAX_UINT32)
      throw notA('count', this.pathOf(name));
    return value;
  }

  /** A number of 64 bits, which stands there as text; above 2^53 − 1 it is no offset of a device. */
  uint64(name: string): number {
    const text = this.text(name);
    const value = /^\d{1,20}$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(value)) throw notA('number', this.pathOf(name));
    return value;
  }

  texts(name: string): string[] {
    const value = this.own(name);
    if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) throw notA('list of texts', this.pathOf(name));
    return value;
  }

  /** Bytes as base64. */
  bytes(name: string): Buffer {
    const text = this.text(name);
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw notA('value in base64', this.pathOf(name));
    return Buffer.from(text, 'base64');
  }

  private own(name: string): unknown {
    return this.has(name) ? this.value[name] : undefined;
  }

  private pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

function notA(what: string, path: string): Error {
  return damaged(`${path === '' ? 'its JSON area' : `"${path}" in its JSON area`} is no ${what}`);
}

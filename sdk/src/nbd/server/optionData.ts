/** The data of an option is not as the protocol says; the client is told so and may go on. */
export class InvalidOption extends Error {}

/** Reads the data of an option field by field; every length is checked before it is used. */
class OptionData {
  private at = 0;
  constructor(private readonly data: Buffer) {}

  uint16(): number {
    return this.take(2).readUInt16BE(0);
  }

  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  /** u32 length, then as many bytes of UTF-8. */
  string(): string {
    return this.take(this.uint32()).toString('utf8');
  }

  end(): void {
    if (this.at !== this.data.length) throw new InvalidOption('the option is longer than its content');
  }

  private take(length: number): Buffer {
    if (length > this.data.length - this.at) throw new InvalidOption('the option is shorter than its content');
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }
}

/** NBD_OPT_INFO and NBD_OPT_GO: the export's name, u16 count, then as many u16 kinds of information. @throws InvalidOption */
export function readInfoRequest(bytes: Buffer): { name: string; wanted: Set<number> } {
  const data = new OptionData(bytes);
  const name = data.string();
  const wanted = new Set<number>();
  for (let left = data.uint16(); left > 0; left--) wanted.add(data.uint16());
  data.end();
  return { name, wanted };
}

export interface ContextQueries {
  name: string;
  queries: string[];
}

/**
 * NBD_OPT_LIST_META_CONTEXT and NBD_OPT_SET_META_CONTEXT: the export's name, u32 count, then as many queries. @throws
 * InvalidOption
 */
export function readContextQueries(bytes: Buffer): ContextQueries {
  const data = new OptionData(bytes);
  const name = data.string();
  const queries: string[] = [];
  for (let left = data.uint32(); left > 0; left--) queries.push(data.string());
  data.end();
  return { name, queries };
}

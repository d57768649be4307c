import { createHash } from 'node:crypto';
import { type BlockSource, MemorySource } from '../block/index';
import { InvalidInputError } from '../errors';
import type { DeviceDescription } from '../protocol/types';
import { FileSource } from './fileSource';

const FINGERPRINT_BYTES = 65536;

/** A device of a test: bytes, a source of one's own (such as a faulty one), or the path of an image. */
export type TestDevice = Buffer | BlockSource | string;

/** The devices of a test host, by the names that the test gives them; they serve as ids and as paths. */
export class TestDevices {
  private constructor(private readonly sources: Map<string, BlockSource>) {}

  /** Opens images by path; `close` closes them. */
  static async open(devices: Record<string, TestDevice>): Promise<TestDevices> {
    const sources = new Map<string, BlockSource>();
    for (const [name, device] of Object.entries(devices)) {
      if (Buffer.isBuffer(device)) sources.set(name, new MemorySource(device));
      else sources.set(name, typeof device === 'string' ? await FileSource.open(device) : device);
    }
    return new TestDevices(sources);
  }

  get(name: string): BlockSource {
    const source = this.sources.get(name);
    if (!source) throw new InvalidInputError(`the test has no device ${name}`);
    return source;
  }

  async describe(name: string): Promise<DeviceDescription> {
    const source = this.get(name);
    const { size, sectorSize } = source;
    const length = Math.min(FINGERPRINT_BYTES, size);
    const ends = Buffer.concat([await source.read(0, length), await source.read(size - length, length)]);
    const fingerprint = createHash('sha256').update(ends).digest('hex');
    const identity = { kind: 'file' as const, size, sectorSize, model: null, serial: null, fingerprint };
    return { deviceId: name, path: name, size, sectorSize, physicalSectorSize: sectorSize, readOnly: false, identity };
  }

  async close(): Promise<void> {
    for (const source of this.sources.values()) if (source instanceof FileSource) await source.close();
  }
}

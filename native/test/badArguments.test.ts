import { describe, expect, it } from 'vitest';
import { blob, file, native, noise, open } from './support';

/** The addon as JavaScript sees it, without types. */
const untyped = native as unknown as Record<string, (...values: unknown[]) => unknown> &
  Record<'CopyJob' | 'VerifyJob' | 'Blake3', new (...values: unknown[]) => unknown>;

const LARGEST = 2 ** 53 - 1;

describe('functions refuse', () => {
  const bytes = Buffer.alloc(16);
  const detached = new Uint8Array(16);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });

  it.each([
    ['open'],
    ['open', 1, { access: 'read' }],
    ['open', '/tmp/a\0b', { access: 'read' }],
    ['open', '/tmp/a', null],
    ['open', '/tmp/a', {}],
    ['open', '/tmp/a', { access: 'append' }],
    ['open', '/tmp/a', { access: 'read', direct: 1 }],
    ['describe'],
    ['describe', -1],
    ['describe', 1.5],
    ['describe', '3'],
    ['describe', 2 ** 31],
    ['read', 3, -1, 1],
    ['read', 3, NaN, 1],
    ['read', 3, Infinity, 1],
    ['read', 3, 2 ** 53, 1],
    ['read', 3, 0.5, 1],
    ['read', 3, 0n, 1],
    ['read', 3, 0, 2 ** 30 + 1],
    ['read', 3, LARGEST, 1],
    ['readInto', 3, 0, 'text'],
    ['readInto', 3, 0, new Uint16Array(4)],
    ['readInto', 3, 0, new ArrayBuffer(4)],
    ['write', 3, 0, new DataView(new ArrayBuffer(4))],
    ['write', 3, 0, [1, 2]],
    ['write', 3, LARGEST, bytes],
    ['dataRanges', 3, 0, 10, 0],
    ['dataRanges', 3, 0, 10, 65_537],
    ['dataRanges', 3, 1, LARGEST, 10],
    ['zero', 3, 0, 10],
    ['zero', 3, 0, 10, {}],
    ['zero', 3, LARGEST, LARGEST, { unmap: true }],
    ['discard', 3, 0, -10],
    ['lockFile', 3, 'exclusive'],
    ['lockDevice', 3],
    ['sendDescriptor', 3, 4, Buffer.alloc(0)],
    ['sendDescriptor', 3, 4, Buffer.alloc(65_537)],
    ['sendDescriptor', 3, null, bytes],
    ['receiveDescriptor', undefined],
    ['blake3', 'text'],
    ['isZero'],
    ['CopyJob', {}],
    ['Blake3', {}],
  ] as [string, ...unknown[]][])('%s(%o, %o, %o, %o)', (name, ...values) => {
    expect(() => untyped[name]!(...values)).toThrow(TypeError);
  });

  it('to be methods of something else', () => {
    for (const [method, receiver] of [
      [native.Blake3.prototype.update, {}],
      [native.CopyJob.prototype.cancel, new native.Blake3()],
      [native.VerifyJob.prototype.progress, null],
    ] as [() => void, unknown][]) {
      expect(() => method.call(receiver)).toThrow(TypeError);
    }
  });

  it('nothing of a buffer whose memory is gone: it has no bytes', async () => {
    expect(native.isZero(detached)).toBe(true);
    expect(await native.readInto(open(file(100)), 0, detached)).toBe(0);
  });
});

describe('jobs refuse', () => {
  const options = () => ({
    sourceFd: open(file(8192)),
    targetFd: open(file(8192), 'write'),
    extents: blob([0, 8192]) as Uint8Array,
    sourceOffset: 0,
    targetOffset: 0,
    sectorSize: 512,
    zeroDetection: 'write',
    onReadError: 'stop',
    retries: 0,
  });

  it.each([
    { sourceFd: 'x' },
    { sourceFd: undefined },
    { extents: undefined },
    { extents: Buffer.alloc(0) },
    { sourceOffset: -1 },
    { targetOffset: LARGEST },
    { chunkBytes: 0 },
    { chunkBytes: 4095 },
    { chunkBytes: 2 ** 27 },
    { chunkBytes: null },
    { inFlight: 0 },
    { inFlight: 65 },
    { sectorSize: 500 },
    { sectorSize: 3072 },
    { zeroDetection: 'no' },
    { zeroDetection: undefined },
    { onReadError: true },
    { retries: 101 },
    { retries: 1.5 },
  ])('%o', (wrong) => {
    expect(() => new untyped.CopyJob({ ...options(), ...wrong })).toThrow(TypeError);
  });

  it('options that are none, and a callback that is none', () => {
    for (const nothing of [undefined, null, 1, 'x']) {
      expect(() => new untyped.CopyJob(nothing)).toThrow(TypeError);
      expect(() => new untyped.VerifyJob(nothing)).toThrow(TypeError);
    }
    expect(() => new untyped.CopyJob(options(), 'callback')).toThrow(TypeError);
  });

  it('a descriptor that is not open', () => {
    expect(() => new untyped.CopyJob({ ...options(), sourceFd: 54_321 })).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('a getter that throws, with what it throws', () => {
    const failing = Object.defineProperty(options(), 'retries', {
      get: () => {
        throw new RangeError('mine');
      },
    });
    expect(() => new untyped.CopyJob(failing)).toThrow(new RangeError('mine'));
  });

  it('hashes that do not fit the extents', () => {
    const wrong = { targetFd: open(file(8192)), extents: blob([0, 8192]), targetOffset: 0, chunkBytes: 4096 };
    for (const length of [0, 16, 31, 33]) {
      expect(() => new untyped.VerifyJob({ ...wrong, chunkHashes: Buffer.alloc(length) })).toThrow(/16 bytes for each of the 2/);
    }
  });

  it('more chunks than hashes can be kept of', () => {
    expect(() => new untyped.CopyJob({ ...options(), extents: blob([0, LARGEST]) })).toThrow(/chunkBytes.*choose larger/);
  });
});

describe('extent lists', () => {
  const refusal = (extents: Uint8Array): string => {
    const options = { targetFd: open(file(0)), extents, targetOffset: 0, chunkHashes: Buffer.alloc(1) };
    try {
      new native.VerifyJob(options);
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      return (error as TypeError).message;
    }
    throw new Error('was accepted');
  };

  it.each([
    ['magic', Buffer.concat([Buffer.from('DWEXTS02'), Buffer.alloc(8)]), /DWEXTS01/],
    ['header', Buffer.from('DWEXTS01'), /header/],
    ['count', blob([0, 1], [2, 1]).subarray(0, 32), /count/],
    ['size', Buffer.concat([blob([0, 1]), Buffer.alloc(1)]), /count/],
    ['empty', blob([0, 1], [2, 0]), /extent 1 is empty/],
    ['order', blob([10, 1], [2, 1]), /extent 1 does not lie behind/],
    ['overlap', blob([10, 5], [14, 1]), /extent 1 does not lie behind/],
    ['touch', blob([10, 5], [15, 1]), /extent 1 does not lie behind/],
    ['end', blob([LARGEST, 1]), /extent 0 ends after/],
    ['wrap', blob([2n ** 64n - 1n, 2]), /extent 0 ends after/],
    ['length', blob([0, 2n ** 64n - 1n]), /extent 0 is longer/],
  ] as [string, Buffer, RegExp][])('are refused for their %s', (_what, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });

  it('with a count that would wrap are refused', () => {
    const bytes = blob([0, 1]);
    bytes.writeBigUInt64LE(2n ** 60n + 1n, 8);
    expect(refusal(bytes)).toMatch(/count/);
  });

  it('of random and damaged bytes are refused or read, never more', () => {
    const seed = Number(process.env.SEED ?? 20_261_122);
    const random = noise(4 * 60_000, seed);
    let position = 0;
    const next = () => random.readUInt32LE((position++ % 60_000) * 4);
    for (let round = 0; round < 5_000; round++) {
      const bytes = blob([next() % 1000, 1 + (next() % 1000)], [3000 + (next() % 1000), 1 + (next() % 1000)]);
      for (let change = next() % 4; change > 0; change--) bytes[next() % bytes.length] = next();
      const cut = next() % 8 === 0 ? bytes.subarray(0, next() % bytes.length) : bytes;
      expect(refusal(cut), `seed ${seed}, round ${round}`).toMatch(/^options\.(extents|chunkHashes|chunkBytes)/);
    }
  });
});

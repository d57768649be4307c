import { FailedError, fromWireError, PeerGoneError, type WireError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { bytesPath, contentBytesPath, STILL_READING_STATUS, UNREADABLE_HEADER } from '../../common/workbench/endpoints';
import type { FileContentRef, ReadBytes } from '../api';

/** Reads bytes of a device by HTTP. @throws as {@link import('../api').HostConnection.readBytes} */
export function fetchBytes(deviceId: string, { offset, length }: ByteRange, signal?: AbortSignal): Promise<ReadBytes> {
  return fetchFrom(bytesPath(deviceId, offset, length), signal);
}

/** Reads bytes of a file by HTTP. @throws as {@link import('../api').HostConnection.readContent} */
export function fetchContent(file: FileContentRef, { offset, length }: ByteRange, signal?: AbortSignal): Promise<ReadBytes> {
  return fetchFrom(contentBytesPath(file, offset, length), signal);
}

async function fetchFrom(path: string, signal?: AbortSignal): Promise<ReadBytes> {
  const ask = (): Promise<Response> =>
    fetch(path, { signal }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new PeerGoneError('the host cannot be reached', { todo: 'The window reconnects by itself. Try again then.' });
    });
  let response = await ask();
  while (response.status === STILL_READING_STATUS) response = await ask();
  if (!response.ok) throw await answeredError(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, unreadable: parseRanges(response.headers.get(UNREADABLE_HEADER)) };
}

async function answeredError(response: Response): Promise<Error> {
  const text = await response.text();
  try {
    return fromWireError(JSON.parse(text) as WireError);
  } catch {
    return new FailedError(`the host answered ${response.status}: ${text.slice(0, 200)}`);
  }
}

/** `offset+length,offset+length` */
function parseRanges(header: string | null): ByteRange[] {
  return (header ?? '')
    .split(',')
    .map((range) => /^(\d+)\+(\d+)$/.exec(range.trim()))
    .filter((match) => match !== null)
    .map(([, offset, length]) => ({ offset: Number(offset), length: Number(length) }));
}

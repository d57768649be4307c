import { CancelledError, NotSupportedError } from '../errors';
import type { ContentSegment, NodeContents } from '../protocol/types';
import type { FilesystemFiles } from '../provider/index';

/** An answer stays below this, a node that is larger by itself excepted. */
const PAGE_BYTES = 256 * 1024;
const MAX_SEGMENTS = 256;
/** Up to so many bytes of a content or its streams are inline. */
const MAX_INLINE_BYTES = 65536;

interface Wanted {
  node: string;
  content: boolean;
  streams: boolean;
  target: boolean;
}

/** The contents of the first of some nodes, as many as fit an answer. What is wrong with one of them keeps none of the others away. */
export async function contentsOf(files: FilesystemFiles, nodes: readonly Wanted[], signal: AbortSignal): Promise<NodeContents[]> {
  const contents: NodeContents[] = [];
  let bytes = 0;
  for (const wanted of nodes) {
    if (signal.aborted) throw new CancelledError();
    const found = await oneOf(files, wanted, signal);
    bytes += JSON.stringify(found).length;
    if (contents.length > 0 && bytes > PAGE_BYTES) break;
    contents.push(found);
  }
  return contents;
}

async function oneOf(
  files: FilesystemFiles,
  { node, content, streams, target }: Wanted,
  signal: AbortSignal,
): Promise<NodeContents> {
  const found: NodeContents = { size: 0, segments: null };
  try {
    if (content) Object.assign(found, await contentOf(files, node, signal));
    if (target) found.target = await files.readlink?.(node, signal);
    if (streams) found.streams = await smallStreams(files, node, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    found.problem = (error as Error).message;
  }
  return found;
}

async function contentOf(
  files: FilesystemFiles,
  node: string,
  signal: AbortSignal,
): Promise<Pick<NodeContents, 'size' | 'segments'>> {
  if (!files.contentOf) throw new NotSupportedError('its filesystem cannot tell where contents are');
  const { size, segments } = await files.contentOf(node, undefined, signal);
  const told: ContentSegment[] = [];
  let hasServed = false;
  for await (const segment of segments) {
    if (told.length === MAX_SEGMENTS) return { size, segments: null };
    told.push(segment);
    hasServed ||= segment.kind === 'served';
  }
  if (!hasServed) return { size, segments: told };
  if (size > MAX_INLINE_BYTES || !files.readContent) return { size, segments: null };
  const bytes = await files.readContent(node, undefined, 0, size, signal);
  return { size, segments: [{ kind: 'inline', bytes: bytes.toString('base64') }] };
}

async function smallStreams(files: FilesystemFiles, node: string, signal: AbortSignal): Promise<NodeContents['streams']> {
  const streams = (await files.streams?.(node, signal)) ?? [];
  let room = MAX_INLINE_BYTES;
  return streams.map(({ name, size, value }) => {
    if (!value || value.length > room) return { name, size };
    room -= value.length;
    return { name, size, value: value.toString('base64') };
  });
}

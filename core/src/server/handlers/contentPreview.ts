import type { ContentResult, ViewResult } from '@diskwright/sdk/protocol';
import { collectContent } from '../../host/contents/collectContent';
import type { Host } from '../../host/host';
import { formatSize } from '../../common/text/size';

const PREVIEW_BYTES = 65536;

/** The beginning of a file's content as text, for a page that has no use for bytes. */
export async function contentPreview(
  host: Host,
  { content, title, offset, length }: ContentResult,
  signal: AbortSignal,
): Promise<ViewResult> {
  const shown = Math.min(length, PREVIEW_BYTES);
  const range = { offset, length: shown };
  const { bytes } = await collectContent(host.contents.read({ contentId: content }, range, signal), range);
  const more = length > shown ? `: the first ${formatSize(shown)} of ${formatSize(length)}` : '';
  return { view: 'text', title: `${title}${more}`, text: bytes.toString('utf8') };
}

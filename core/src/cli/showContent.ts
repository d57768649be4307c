import type { ByteRange, ContentResult } from '@diskwright/sdk/protocol';
import { throwIfCancelled } from '../common/flow/abortable';
import { plural } from '../common/text/size';
import type { Application } from './application';
import { ExitStatus } from './exitStatus';

const ZEROS = Buffer.alloc(1024 * 1024);
/** So many places are named, and the rest counted. */
const NAMED_HOLES = 16;

/** Writes a file's bytes to standard output as they are, zeros in the place of what cannot be read. Answers the exit status. */
export async function showContent(application: Application, { content, title, offset, length }: ContentResult): Promise<number> {
  const { output, signal } = application;
  const host = await application.host();
  const holes: ByteRange[] = [];
  let at = offset;
  for await (const piece of host.contents.read({ contentId: content }, { offset, length }, signal)) {
    if (piece.kind === 'data') {
      await output.writeBytes(piece.bytes);
      at += piece.bytes.length;
    } else {
      for (let left = piece.length; left > 0 && !output.isClosed; left -= ZEROS.length) {
        throwIfCancelled(signal);
        await output.writeBytes(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
      }
      if (piece.kind === 'unreadable') addHole(holes, at, piece.length);
      at += piece.length;
    }
    // A reader that went away, such as `head`, has all that it wanted.
    if (output.isClosed) return ExitStatus.Done;
  }
  if (holes.length === 0) return ExitStatus.Done;
  const lost = holes.reduce((sum, hole) => sum + hole.length, 0);
  application.message(`${title}: ${plural(lost, 'byte')} cannot be read; zeros stand in their place:`);
  for (const hole of holes.slice(0, NAMED_HOLES)) application.message(`  ${plural(hole.length, 'byte')} at ${hole.offset}`);
  if (holes.length > NAMED_HOLES) application.message(`  and ${plural(holes.length - NAMED_HOLES, 'further place')}`);
  return ExitStatus.Holes;
}

function addHole(holes: ByteRange[], offset: number, length: number): void {
  const last = holes.at(-1);
  if (last && last.offset + last.length === offset) last.length += length;
  else holes.push({ offset, length });
}

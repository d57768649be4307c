import type { ExtentList } from '@diskwright/sdk/extents';
import type { CopyStep } from '@diskwright/sdk/protocol';
import type { CopiedPart } from '../../../common/journal/journalRecord';
import { orderedParts } from '../../plan/copy/orderedParts';
import { stepsOn } from '../overwritten';
import type { JobTarget } from './jobTarget';

/** A part of a copy that the journal says to be on the medium. Its extents are relative to the step's target. */
export interface PartOnMedium {
  step: CopyStep;
  recorded: CopiedPart;
  extents: ExtentList;
  chunkBytes: number;
}

/** What was copied to a target, in the order in which it was. */
export function* copiedParts({ folder, stored, name, opened, sources }: JobTarget): Generator<PartOnMedium> {
  for (const step of stepsOn(stored.plan, { name })) {
    const recorded = folder.history.partsOf(stored.plan.steps.indexOf(step));
    if (step.kind !== 'copy' || recorded.length === 0) continue;
    const source = sources.get(step.source.device)?.node ?? opened.node;
    const all = orderedParts(step, source, stored.sideFiles.extents(step.extents), folder.history.partBytes!);
    let number = 0;
    for (const { extents, chunkBytes } of all) {
      const part = recorded[number++];
      if (!part) break;
      yield { step, recorded: part, extents, chunkBytes };
    }
  }
}

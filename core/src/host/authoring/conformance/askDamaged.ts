import { DiskwrightError, InvalidInputError, PeerGoneError } from '@diskwright/sdk/errors';

/** A question about a damaged image; what it throws may be an answer. */
export type Ask = (question: () => Promise<unknown>) => Promise<void>;

/**
 * Asks about a damaged image, question by question: `told` in the findings of one counts as an error does.
 * @returns whether the damage was told
 * @throws what is no answer about the disk
 */
export async function askDamaged(work: (ask: Ask, tell: () => void) => Promise<void>): Promise<boolean> {
  let told = false;
  const ask: Ask = async (question) => {
    try {
      await question();
    } catch (error) {
      if (!isAnswer(error)) throw error;
      told = true;
    }
  };
  await ask(() => work(ask, () => (told = true)));
  return told;
}

/** A damaged disk is told of by the errors that stand for it; the others are of programs that go wrong. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof DiskwrightError) || error instanceof PeerGoneError || error instanceof InvalidInputError) return false;
  return !/failed inside plugin/.test(error.message);
}

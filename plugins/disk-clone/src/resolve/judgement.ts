import { DiskwrightError } from '@diskwright/sdk/errors';
import type { ResolveResult } from '@diskwright/sdk/protocol';

/** What was found out about an input so far. */
export class Judgement {
  readonly errors: ResolveResult['errors'] = [];
  readonly warnings: string[] = [];
  readonly lines: string[] = [];

  /** Does what may refuse; the refusal is then an error of the field, and the answer null. Anything else that fails is passed on. */
  async attempt<T>(field: string, action: () => T | Promise<T>): Promise<T | null> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof DiskwrightError) || (error.code !== 'Refused' && error.code !== 'InvalidInput')) throw error;
      const { message, detail } = error;
      this.errors.push({ field, message, ...(detail.todo && { todo: detail.todo }) });
      return null;
    }
  }

  result(): Partial<ResolveResult> {
    const { errors, warnings, lines } = this;
    return { errors, warnings: warnings.slice(0, 256), preview: lines.length > 0 ? lines.join('\n') : null };
  }
}

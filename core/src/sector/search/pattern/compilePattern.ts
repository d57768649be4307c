import type { SearchPatternProgram } from '@diskwright/native';
import type { SearchPattern } from '../../../common';
import { joined } from './byteSet';
import { compileRegex } from './compileRegex';
import { parseHexPattern } from './hexPattern';
import { parseRegex } from './parseRegex';
import { textPattern } from './textPattern';

/** What the native searcher looks for. @throws InvalidInputError with the position of what is wrong in the pattern */
export function compilePattern(pattern: SearchPattern): SearchPatternProgram {
  switch (pattern.kind) {
    case 'hex':
      return { sequences: [joined(parseHexPattern(pattern.text))] };
    case 'regex':
      return { program: compileRegex(parseRegex(pattern.text, pattern.ignoreCase)) };
    case 'text': {
      const compiled = textPattern(pattern.text, pattern.encodings, pattern.ignoreCase);
      return 'sequences' in compiled
        ? { sequences: compiled.sequences.map(joined) }
        : { program: compileRegex(compiled.expression) };
    }
  }
}

/** Search and comparison as a window follows them. Both end by themselves when their window is gone. */
import Type from 'typebox';
import { Bytes, Count, Empty, oneOf } from '@diskwright/sdk/protocol/schemas/common';
import { CompareProgress, CompareTarget, SearchProgress, SearchTarget } from '../../schemas/search';
import { WireError } from './errors';
import { notification, nullable, request, Token } from './shared';

const EndState = oneOf('done', 'cancelled', 'failed', 'limit');
const rate = { bytesPerSecond: Type.Number() };

export const messages = {
  /** Refused at once when the pattern is malformed; `detail.offset` of the error is the character where. */
  'search/start': request(Type.Object({ token: Token, ...SearchTarget.properties }), Empty),
  'search/cancel': request(Type.Object({ token: Token }), Empty),
  /** To the window that started it, several times a second. */
  'search/progress': notification(Type.Object({ token: Token, ...SearchProgress.properties, ...rate })),
  'search/ended': notification(Type.Object({ token: Token, state: EndState, hits: Count, error: nullable(WireError) })),
  /** Compares `length` bytes of two devices, each from its own offset. */
  'compare/start': request(Type.Object({ token: Token, ...CompareTarget.properties }), Empty),
  'compare/cancel': request(Type.Object({ token: Token }), Empty),
  'compare/progress': notification(Type.Object({ token: Token, ...CompareProgress.properties, ...rate })),
  'compare/ended': notification(
    Type.Object({ token: Token, state: EndState, differences: Count, differentBytes: Bytes, error: nullable(WireError) }),
  ),
} as const;

import Type from 'typebox';
import { Text } from '@diskwright/sdk/protocol/schemas/common';

/** An error as it travels outside of an answer (`sdk/src/errors.ts`, `fromWireError`). */
export const WireError = Type.Object({ code: Type.Integer(), message: Text, data: Type.Optional(Type.Unknown()) });

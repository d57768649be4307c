/**
 * The plan document (docs/formats.md). On disk it is canonical JSON (RFC 8785); its digest is SHA-256 over those bytes, which name every side
 * file by digest. Steps run in order within their phase, phases in the order of {@link Phase}.
 */
import Type from 'typebox';
import { BlobRef, ByteRange, Bytes, Digest, ExtentsRef, InlineBytes, Name, Text } from './common';
import { DeviceIdentity, DeviceLayout } from './devices';

/** `check` reads only; `invalidate` removes the old; `content`; `commit` makes the new recognisable. A flush stands between each. */
export const Phase = Type.Union([
  Type.Literal('check'),
  Type.Literal('invalidate'),
  Type.Literal('content'),
  Type.Literal('commit'),
]);

export const PlanDevice = Type.Object({
  /** The name by which steps refer to it: `source`, `target`. */
  name: Name,
  role: Type.Union([Type.Literal('source'), Type.Literal('target')]),
  /** As the user named it; a hint only: the identity decides. */
  path: Text,
  identity: DeviceIdentity,
});

const common = {
  phase: Phase,
  /** The on-disk structure that the step touches, in words: `GPT primary header`, `partition 2 (ext4)`. */
  structure: Name,
  reason: Text,
};
const Place = Type.Object({ device: Name, offset: Bytes });

/** Copies each extent from `source.offset + extent.offset` to `target.offset + extent.offset`. */
export const CopyStep = Type.Object({ kind: Type.Literal('copy'), ...common, source: Place, target: Place, extents: ExtentsRef });
export const WriteStep = Type.Object({
  kind: Type.Literal('write'),
  ...common,
  target: Place,
  bytes: Type.Union([InlineBytes, BlobRef]),
});
/** Of `[target.offset, target.offset + length)`: all of it, or with `extents` just those, which are relative to `target.offset`. */
const area = { target: Place, length: Bytes, extents: Type.Optional(ExtentsRef) };
export const ZeroStep = Type.Object({ kind: Type.Literal('zero'), ...common, ...area });
/** What the range reads afterwards is not defined; a device that cannot discard leaves it as it is. */
export const DiscardStep = Type.Object({ kind: Type.Literal('discard'), ...common, ...area });
/** Reads back past all caches what the copy steps of the named phases wrote and compares it with what was read from the source. */
export const VerifyStep = Type.Object({ kind: Type.Literal('verify'), ...common, device: Name });
/** Holds only while the bytes of `ranges` (from `device.offset`) hash to `digest`; otherwise the plan is refused as stale. */
export const AssertStep = Type.Object({
  kind: Type.Literal('assert'),
  ...common,
  device: Place,
  ranges: Type.Array(ByteRange, { maxItems: 4096 }),
  digest: Digest,
});
export const Step = Type.Union([CopyStep, WriteStep, ZeroStep, DiscardStep, VerifyStep, AssertStep]);

export const Plan = Type.Object({
  format: Type.Literal('diskwright-plan/1'),
  title: Text,
  /** The command that made it, its input, and the plugin that ran it: the host says which, whatever the plugin says. */
  command: Type.Object({
    id: Name,
    input: Type.Unknown(),
    plugin: Type.Optional(Type.Object({ id: Name, version: Name })),
  }),
  devices: Type.Array(PlanDevice, { minItems: 1, maxItems: 64 }),
  steps: Type.Array(Step, { maxItems: 65536 }),
  /** What the user should know before applying it. */
  warnings: Type.Array(Text, { maxItems: 256 }),
  /** What each part of the source becomes and why: `partition 2 (ext4): used blocks, 1.2 GB`. */
  notes: Type.Array(Text, { maxItems: 4096 }),
  /** The layout to be expected on the target; null where it does not change. */
  result: Type.Union([DeviceLayout, Type.Null()]),
  undo: Type.Union([Type.Literal('full'), Type.Literal('metadata'), Type.Literal('none')]),
});

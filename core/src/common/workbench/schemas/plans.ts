/** Commands of plugins, plans, and jobs. */
import Type from 'typebox';
import { Bytes, Count, Digest, Empty, Finding, Id, InlineBytes, Name, Text } from '@diskwright/sdk/protocol/schemas/common';
import { CommandInput, ListPage, OpenList, ResolveResult, ViewResult } from '@diskwright/sdk/protocol/schemas/commands';
import { DeviceLayout } from '@diskwright/sdk/protocol/schemas/devices';
import { CommandContribution } from '@diskwright/sdk/protocol/schemas/manifest';
import { Plan, Step } from '@diskwright/sdk/protocol/schemas/plan';
import { JobOptions, JobProgress, JobResult, JobState, ListedDevice, LostFiles } from '../../schemas/index';
import { notification, nullable, request, Token } from './shared';

export const PlanSummary = Type.Object({
  digest: Digest,
  title: Text,
  /** ISO 8601: when it came here. */
  createdAt: Text,
  /** Paths of its targets. */
  targets: Type.Array(Text, { maxItems: 64 }),
});

/** A field that reads otherwise after the plan. */
export const FieldChange = Type.Object({
  structure: Name,
  /** Names from the outside in, joined by dots. */
  field: Text,
  offset: Bytes,
  length: Bytes,
  before: Text,
  after: Text,
});
/** A run of bytes that a plan writes by value, beside what is there now. */
export const ByteChange = Type.Object({
  /** Index of the step. */
  step: Count,
  device: Name,
  structure: Name,
  reason: Text,
  offset: Bytes,
  length: Bytes,
  /** At most 4096 bytes each, from `offset`. */
  before: InlineBytes,
  after: InlineBytes,
  /** What is there now cannot be read: `before` is empty. */
  unreadable: Type.Optional(Type.Boolean()),
  fields: Type.Array(FieldChange, { maxItems: 1024 }),
});

export const JobSummary = Type.Object({
  id: Id,
  state: JobState,
  title: Text,
  startedAt: Text,
  result: nullable(JobResult),
  progress: nullable(JobProgress),
});
/** How plans are applied: what a page lets users choose of it. */
const AppliedOptions = Type.Pick(JobOptions, ['onError', 'retries', 'undoBudget', 'delta', 'reflink', 'digests']);

export const JobDetails = Type.Object({
  ...JobSummary.properties,
  folder: Text,
  log: Type.String(),
  plan: nullable(
    Type.Object({
      digest: Text,
      devices: Plan.properties.devices,
      command: Plan.properties.command,
      warnings: Plan.properties.warnings,
    }),
  ),
});

export const messages = {
  'commands/list': request(
    Empty,
    Type.Object({
      commands: Type.Array(Type.Object({ pluginId: Name, contribution: CommandContribution }), { maxItems: 4096 }),
    }),
  ),
  /** Judges an input that may be incomplete: by its schema first, then by the plugin as far as the devices in it can be opened. */
  'commands/resolve': request(
    Type.Object({ command: Name, input: CommandInput }),
    Type.Object({ ...ResolveResult.properties, commandLine: nullable(Text) }),
  ),
  /** A plan that comes of it is kept and named by its digest. Cancelling the request cancels the command. */
  'commands/execute': request(
    Type.Object({ token: Token, command: Name, input: CommandInput }),
    Type.Union([
      Type.Object({ kind: Type.Literal('plan'), plan: Digest }),
      Type.Object({ kind: Type.Literal('view'), view: ViewResult }),
      Type.Object({
        kind: Type.Literal('value'),
        value: Type.Unknown(),
        pairs: Type.Optional(Type.Array(Type.Tuple([Name, Text]), { maxItems: 4096 })),
      }),
      Type.Object({
        kind: Type.Literal('list'),
        list: OpenList,
        /** As given: a command that works while its list is pulled goes on to report progress under it. */
        token: Token,
      }),
    ]),
  ),
  /** The next items of a list; one call at a time. Cancelling it ends the list, and so does the page with its end. */
  'commands/page': request(Type.Object({ handle: Name }), ListPage),
  /** Unknown ones are closed already. */
  'commands/closeList': request(Type.Object({ handle: Name }), Empty),
  'commands/progress': notification(Type.Object({ token: Token, stage: Text, done: Bytes, total: Type.Optional(Bytes) })),

  'plans/list': request(Empty, Type.Object({ plans: Type.Array(PlanSummary, { maxItems: 4096 }) })),
  'plans/changed': notification(Empty),
  /** Takes a plan's file in, with its side files. */
  'plans/import': request(Type.Object({ path: Text }), Type.Object({ digest: Digest })),
  /** Writes it with its side files where the user says; what is there already is not replaced. */
  'plans/save': request(Type.Object({ digest: Digest, path: Text }), Type.Object({ path: Text })),
  'plans/remove': request(Type.Object({ digest: Digest }), Empty),
  /** All of it but the steps. */
  'plans/read': request(
    Type.Object({ digest: Digest }),
    Type.Object({
      digest: Digest,
      plan: Type.Omit(Plan, ['steps']),
      stepCount: Count,
      /** Bytes that are copied, written by value, and cleared. */
      bytes: Type.Object({ copied: Bytes, written: Bytes, cleared: Bytes }),
      createdAt: Text,
    }),
  ),
  'plans/steps': request(
    Type.Object({ digest: Digest, from: Count, count: Type.Integer({ minimum: 1, maximum: 256 }) }),
    Type.Object({ steps: Type.Array(Step, { maxItems: 256 }) }),
  ),
  /** What is written by value, as bytes and as fields, in the order of the steps. Fields come of an overlay, read by the plugins. */
  'plans/changes': request(
    Type.Object({ digest: Digest }),
    Type.Object({
      changes: Type.Array(ByteChange, { maxItems: 512 }),
      /** More changes than are listed. */
      truncated: Type.Boolean(),
      /** Findings that the result has and today's device has not, and the other way round. */
      appearing: Type.Array(Finding, { maxItems: 256 }),
      disappearing: Type.Array(Finding, { maxItems: 256 }),
      /** Why fields and findings are missing, a sentence; absent when nothing is. */
      incomplete: Type.Optional(Text),
    }),
  ),
  /** What stands before applying it: what is on the target, what is lost, and the word to be typed. */
  'plans/safety': request(
    Type.Object({ digest: Digest }),
    Type.Object({
      targets: Type.Array(
        Type.Object({
          name: Name,
          path: Text,
          size: Bytes,
          /** Null for what is no disk of the system. */
          disk: nullable(ListedDevice),
          layout: nullable(DeviceLayout),
          /** What is lost, a sentence. */
          replaced: Text,
          holdsData: Type.Boolean(),
        }),
        { maxItems: 64 },
      ),
      /** Must be typed; null when nothing recognised is lost and no system disk is written. */
      word: nullable(Text),
      /** For the button: verb and target. */
      action: Text,
      /** Why it would be refused now; empty when it would not. */
      refusals: Type.Array(Text, { maxItems: 64 }),
    }),
  ),
  /** Applies it to an overlay. @param target the name in the plan of the one whose result is wanted; needed when there are several */
  'plans/simulate': request(
    Type.Object({ digest: Digest, target: Type.Optional(Name) }),
    Type.Object({ overlay: Name, layout: DeviceLayout }),
  ),
  /** Answers when the job runs. @param word as `plans/safety` says */
  /** `options`: how the job deals with bad media, how much it may save for an undo, and whether it writes what is there already. */
  'plans/apply': request(
    Type.Object({
      digest: Digest,
      word: nullable(Text),
      options: Type.Optional(AppliedOptions),
    }),
    Type.Object({ jobId: Id }),
  ),
  /** As that, for plans that the command with this title made for several targets: all jobs run when it answers, or none is started. */
  'plans/applyTogether': request(
    Type.Object({
      title: Text,
      plans: Type.Array(Type.Object({ digest: Digest, word: nullable(Text) }), { minItems: 2, maxItems: 64 }),
      options: Type.Optional(AppliedOptions),
    }),
    Type.Object({ jobIds: Type.Array(Id, { maxItems: 64 }) }),
  ),

  /** Newest first. */
  'jobs/list': request(Empty, Type.Object({ jobs: Type.Array(JobSummary, { maxItems: 1024 }) })),
  'jobs/show': request(Type.Object({ id: Id }), JobDetails),
  /** Answers when the job was asked to end; that it has is told by `jobs/changed`. */
  'jobs/cancel': request(Type.Object({ id: Id }), Empty),
  /** Lets a running job rest; it goes on with `jobs/resume`. */
  'jobs/pause': request(Type.Object({ id: Id }), Empty),
  /**
   * Goes on with a job that is paused, was interrupted, has failed or was cancelled; answers when it runs. Options take the place of those that it
   * had; one that is paused keeps its own.
   */
  'jobs/resume': request(Type.Object({ id: Id, options: Type.Optional(Type.Pick(JobOptions, ['onError', 'retries'])) }), Empty),
  /** Makes the plan that takes back what a job has done, and keeps it; answers its digest. */
  'jobs/undoPlan': request(Type.Object({ id: Id }), Type.Object({ digest: Digest })),
  /** What stood where a job could not read; null where that cannot be told. The first time the sources are read for it. */
  'jobs/lostFiles': request(Type.Object({ id: Id }), Type.Object({ lostFiles: nullable(LostFiles) })),
  /** What happened, for people. With a path it is written there; what is there already is not replaced. */
  'jobs/report': request(Type.Object({ id: Id, path: nullable(Text) }), Type.Object({ text: Type.String() })),
  /** A job began, ended or changed its state, whoever started it. */
  'jobs/changed': notification(Type.Object({ job: JobSummary })),
  'jobs/progress': notification(Type.Object({ id: Id, progress: JobProgress })),
} as const;

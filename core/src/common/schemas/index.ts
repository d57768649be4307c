/**
 * The private protocol between the host and a sector service (control connection), and between anyone and a running job
 * (`control.sock` in its folder). Bulk data never crosses it: leases, exports and blobs have sockets of their own.
 */
import Type from 'typebox';
import * as common from '@diskwright/sdk/protocol/schemas/common';
import { DeviceIdentity } from '@diskwright/sdk/protocol/schemas/devices';
import { FolderEntry, FolderOptions, FolderReport } from '@diskwright/sdk/protocol/schemas/files';
import { ContentSegment } from '@diskwright/sdk/protocol/schemas/filesystem';
import { Phase, Plan } from '@diskwright/sdk/protocol/schemas/plan';
import { ImageInfo } from '@diskwright/sdk/protocol/schemas/imageFormat';
import { Magic } from '@diskwright/sdk/protocol/schemas/manifest';
import { CompareEnd, CompareProgress, CompareTarget, SearchEnd, SearchPattern, SearchProgress, SearchTarget } from './search';

export { CompareEnd, CompareProgress, SearchEnd, SearchHit, SearchPattern, SearchProgress } from './search';

const { BlobRef, ByteRange, Bytes, Count, Digest, Empty, ExtentsRef, Id, InlineBytes, oneOf, SectorSize, Text } = common;
const request = <P extends Type.TSchema, R extends Type.TSchema>(params: P, result: R) =>
  ({ params, result, direction: 'toHost', capability: null, since: '0.1' }) as const;
/** What the service asks of the host. */
const ask = <P extends Type.TSchema, R extends Type.TSchema>(params: P, result: R) =>
  ({ params, result, direction: 'toPlugin', capability: null, since: '0.1' }) as const;
/** What the service tells step by step: it goes on when the other end has done with it, so that nothing piles up in between. */
const report = <P extends Type.TSchema>(params: P) =>
  ({ params, result: Empty, direction: 'toPlugin', capability: null, since: '0.1' }) as const;
const notification = <P extends Type.TSchema>(params: P) =>
  ({ params, direction: 'toPlugin', capability: null, since: '0.1' }) as const;

/** What files of an image format are told by, as its manifest has it. */
export const ImageFormatMagic = Type.Object({
  id: Text,
  magic: Type.Array(Type.Array(Magic, { minItems: 1, maxItems: 8 }), { maxItems: 64 }),
  nameEndings: Type.Array(Text, { maxItems: 64 }),
});

/** By what a file is known to the provider of its volume. */
export const ServedFile = Type.Object({
  /** 0 is the whole device. */
  partition: Count,
  /** Id of the plugin whose names for nodes these are. */
  provider: Text,
  node: Id,
  stream: Type.Optional(Text),
});

/** How far the opening of an image is, of those that take long: what is compressed as a whole is read, and a copy is made. */
export const ImageProgress = Type.Object({
  /** What is being opened, by its absolute name. */
  path: Text,
  /** Null: it is open, or will not be. */
  reached: Type.Union([
    Type.Object({
      /** `read`: the file, to learn what it holds; `copy`: a copy is made of that. */
      step: Type.Union([Type.Literal('read'), Type.Literal('copy')]),
      /** Name of the file: the image, or a part of it. */
      file: Text,
      done: Bytes,
      total: Bytes,
    }),
    Type.Null(),
  ]),
});

/** An image, and the plugin that serves what it holds. */
export const ServedImageInfo = Type.Object({
  ...ImageInfo.properties,
  /** In words: `QEMU image (qcow2)`. */
  title: Text,
  plugin: Text,
});

/** A device as the service opened it. */
export const OpenedDevice = Type.Object({
  deviceId: Id,
  path: Text,
  size: Bytes,
  sectorSize: SectorSize,
  physicalSectorSize: Type.Integer({ minimum: 512 }),
  readOnly: Type.Boolean(),
  identity: DeviceIdentity,
  /** Who uses it, in sentences: mounted, swap, held, locked. Any of them stands against writing it. Absent when it was not asked. */
  usage: Type.Optional(Type.Array(Text, { maxItems: 64 })),
  /** Those of `usage` that may change what is read: they stand against taking it as a source, too. */
  writers: Type.Optional(Type.Array(Text, { maxItems: 64 })),
  /** Of what an image file holds. */
  image: Type.Optional(
    Type.Object({
      ...ServedImageInfo.properties,
      /** The image file, then the others that it needs. */
      files: Type.Array(Text, { maxItems: 512 }),
      /** The snapshot that is shown; null: the disk as it is now. */
      snapshot: Type.Union([Text, Type.Null()]),
    }),
  ),
  /** Of a device in a container. */
  container: Type.Optional(
    Type.Object({
      /** Id of the plugin that reads it. */
      plugin: Text,
      /** libblkid's name of a member. */
      type: Text,
      /** The volumes that it was made of, or looked for in: `/a/disk.img#2`. */
      members: Type.Array(Text, { maxItems: 256 }),
    }),
  ),
});

export const ListedDevice = Type.Object({
  path: Text,
  size: Bytes,
  sectorSize: Type.Integer({ minimum: 1 }),
  model: Type.Union([Text, Type.Null()]),
  serial: Type.Union([Text, Type.Null()]),
  transport: Type.Union([Text, Type.Null()]),
  readOnly: Type.Boolean(),
  /** Holds a mounted /, /boot, /usr or swap, directly or through what is stacked on it. */
  system: Type.Boolean(),
  /** Mount points of it and of its partitions. */
  mounted: Type.Array(Text, { maxItems: 256 }),
});

export const Hole = Type.Object({ device: Text, offset: Bytes, length: Bytes, step: Count });

export const JobGroup = Type.Object({ id: Id, title: Text, number: Count, count: Count });

/** How a job is to be run: no part of its plan, kept in its folder as `options.json`. */
export const JobOptions = Type.Object({
  /**
   * What is done about a sector of a source that cannot be read: the job ends; or zeros stand in its place and it goes on, at
   * once (`skip`) or after `retries` more attempts. What makes the result recognisable is never skipped. Absent: `retry`.
   */
  onError: Type.Optional(oneOf('stop', 'retry', 'skip')),
  /** With `retry`; 2 when absent. */
  retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  /** The source, by its name in the plan, of which `source.map` in the job's folder is a map of GNU ddrescue. */
  mapOf: Type.Optional(Text),
  /** Everything that is overwritten is saved, as long as that is no more than so many bytes, zeros apart; absent: structures alone. */
  undoBudget: Type.Optional(Bytes),
  /** Targets are read as well, and what stands there already is not written. Absent: all of a copy is. */
  delta: Type.Optional(Type.Boolean()),
  /**
   * Where source and target are files of one filesystem that can, content shares the source's blocks instead of being copied: no
   * second copy on the medium, and nothing to verify. Absent: it is copied.
   */
  reflink: Type.Optional(Type.Boolean()),
  /** False: nothing of what is copied is hashed, and a later look has to read source and target. Moves within one device are, all the same. Absent: all is. */
  digests: Type.Optional(Type.Boolean()),
  /** Of jobs that were started together: the id of the first, what they are together, and which of how many this one is, from 1. */
  group: Type.Optional(JobGroup),
});

/** A request that a device has not answered for some time. */
export const StuckRequest = Type.Object({ device: Text, offset: Bytes, seconds: Type.Number({ minimum: 0 }) });
/** Where a device answered, but took more than a second and ten times the median. */
export const SlowRange = Type.Object({
  device: Text,
  offset: Bytes,
  length: Bytes,
  requests: Count,
  longestSeconds: Type.Number({ minimum: 0 }),
});

/** A job folder whose plan is to be run. */
const StartedJob = Type.Object({
  folder: Text,
  digest: Digest,
  paths: Type.Record(Type.String(), Text),
  options: Type.Optional(JobOptions),
});

/** Something to be written below a folder, and where its bytes are. */
export const ExtractedEntry = Type.Object({
  ...FolderEntry.properties,
  /** Of a file; or why it cannot be told. */
  content: Type.Optional(
    Type.Union([
      Type.Object({ size: Bytes, segments: Type.Array(ContentSegment, { maxItems: 256 }) }),
      Type.Object({ contentId: Id }),
      Type.Object({ problem: Text }),
    ]),
  ),
  streams: Type.Optional(
    Type.Array(Type.Object({ name: Text, size: Bytes, value: Type.Optional(InlineBytes) }), { maxItems: 4096 }),
  ),
});

export const JobState = oneOf('running', 'interrupted', 'done', 'failed', 'cancelled', 'undone');
export const JobProgress = Type.Object({
  /** `check`, `save`, `invalidate`, `content`, `verify`, `commit`. */
  stage: Text,
  /** What is being done, in words. */
  text: Text,
  done: Bytes,
  total: Bytes,
  bytesPerSecond: Type.Number({ minimum: 0 }),
  /** It holds its devices and does nothing, until it is told to go on. */
  paused: Type.Boolean(),
  /** What limits the rate now. */
  limit: Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('hash'), Type.Literal('flush'), Type.Null()]),
  stuck: Type.Optional(Type.Array(StuckRequest, { maxItems: 256 })),
});
/** A piece of what was lost: a file's path from the root of its volume, or a structure in words. */
const Lost = {
  /** As the plan names it. */
  device: Text,
  /** Its number; 0 for a device that is one volume, null outside of all volumes. */
  partition: Type.Union([Count, Type.Null()]),
  bytes: Bytes,
  /** On the device. */
  firstOffset: Bytes,
};
/** What stood where a job could not read. */
export const LostFiles = Type.Object({
  files: Type.Array(Type.Object({ ...Lost, path: Text }), { maxItems: 256 }),
  fileCount: Count,
  structures: Type.Array(Type.Object({ ...Lost, what: Text }), { maxItems: 64 }),
  structureCount: Count,
  /** In free space: nothing is lost there. */
  freeBytes: Bytes,
  /** In volumes of which no plugin can tell whose bytes are whose. */
  unknownBytes: Bytes,
});

/** The one record of a job's end; command line, workbench and exit status read it from `state.json`. */
export const JobResult = Type.Object({
  state: JobState,
  /** 0 done, 1 failed, 3 refused, 4 done with holes, 130 cancelled. */
  exitStatus: Type.Integer({ minimum: 0, maximum: 255 }),
  /** One sentence: `Done with 3 holes`. */
  message: Text,
  /** The last phase that was begun; with `check` nothing was written to the target. */
  phase: Phase,
  bytesCopied: Bytes,
  /** Of the copied bytes, those that stood on the target before and were not written; absent when there were none. */
  bytesUnchanged: Type.Optional(Bytes),
  /** Of the copied bytes, those that share the source's blocks: no second copy, and not verified; absent when there are none. */
  bytesReflinked: Type.Optional(Bytes),
  bytesVerified: Bytes,
  holes: Type.Array(Hole, { maxItems: 4096 }),
  holeCount: Count,
  /** What the holes hit: found by the host after the job's end, and kept beside its record. */
  lostFiles: Type.Optional(LostFiles),
  slow: Type.Optional(Type.Array(SlowRange, { maxItems: 1024 })),
  /** Requests that hung when the job ended: their device is not free before they come back, and a write may still arrive. */
  stuck: Type.Optional(Type.Array(StuckRequest, { maxItems: 256 })),
  /** BLAKE3 of what each copy step read, by step index; none of a step of which some is reflinked, so that it was not read, or that was not to be hashed. */
  digests: Type.Array(Type.Object({ step: Count, blake3: Text }), { maxItems: 65536 }),
  error: Type.Union([Type.Object({ code: Type.Integer(), message: Text, data: Type.Optional(Type.Unknown()) }), Type.Null()]),
  startedAt: Text,
  endedAt: Text,
});

export const messages = {
  hello: request(
    Type.Object({ secret: Text, protocol: Type.Literal(1) }),
    Type.Object({ pid: Type.Integer(), elevated: Type.Boolean(), dataSocket: Text }),
  ),
  'device/list': request(Empty, Type.Object({ devices: Type.Array(ListedDevice, { maxItems: 4096 }) })),
  /**
   * Opens for reading: a path (file or block device), an NBD URI or an overlay's name. Opening the same again answers the same
   * id. What nobody uses is closed soon after, and opened again with its next use: refused as stale when its name stands for something else then.
   */
  'device/open': request(
    Type.Object({
      path: Text,
      sectorSize: Type.Optional(SectorSize),
      /** Who uses it is wanted as well, which takes a look at all processes. */
      users: Type.Optional(Type.Boolean()),
    }),
    OpenedDevice,
  ),
  'device/close': request(Type.Object({ deviceId: Id }), Empty),
  /** Whether it is open; asks it for a byte then, and fails as that does. One that was lost fails with the reason. Opens nothing. */
  'device/check': request(Type.Object({ deviceId: Id }), Type.Object({ open: Type.Boolean() })),
  /** Closes it as soon as nobody uses it. Its id stays good. */
  'device/rest': request(Type.Object({ deviceId: Id }), Empty),
  /** What was or will be opened under these names stays open while nobody uses it; all else does not. */
  'device/keep': request(Type.Object({ paths: Type.Array(Text, { maxItems: 4096 }) }), Empty),
  /** When it was opened again, its content was another, or (`replaced`) its name stood for something else: its id is good for nothing more. */
  'device/changed': notification(Type.Object({ deviceId: Id, path: Text, replaced: Type.Boolean() })),
  /**
   * A peek of at most 64 KiB, for magic bytes and the hex dump; with `unreadable`, unreadable sectors read as zeros instead of
   * being an error.
   */
  'device/read': request(
    Type.Object({
      deviceId: Id,
      offset: Bytes,
      length: Type.Integer({ minimum: 1, maximum: 65536 }),
      unreadable: Type.Optional(Type.Literal('zeros')),
    }),
    Type.Object({ bytes: InlineBytes }),
  ),
  /**
   * A read lease; whoever connects to `dataSocket` and sends the token and a newline gets the NBD greeting of exactly this range.
   */
  'lease/create': request(
    /** `source`: no job may write what is leased while the lease lives; otherwise a job may, and what is read then may change. */
    Type.Object({
      deviceId: Id,
      offset: Bytes,
      length: Bytes,
      holder: Text,
      role: Type.Optional(Type.Literal('source')),
      /** What is read over it is added up under this name, over all leases that bear it. */
      account: Type.Optional(Id),
      /** The plugin that reads, for the audit log. */
      reader: Type.Optional(Type.Object({ plugin: Text, version: Text })),
    }),
    Type.Object({ leaseId: Id, token: Text }),
  ),
  'lease/revoke': request(Type.Object({ leaseId: Id }), Empty),
  /** The bytes that were asked for under each account so far; 0 for an unknown one. */
  'lease/usage': request(
    Type.Object({ accounts: Type.Array(Id, { maxItems: 1024 }) }),
    Type.Object({ bytesRead: Type.Array(Bytes, { maxItems: 1024 }) }),
  ),
  /**
   * A device of this name, `DEVICE#N:/path`, is to be opened: the host finds the file and answers its content, made by the messages below. What it answers
   * for a file that is where it was is the content of before.
   */
  'content/locate': {
    params: Type.Object({ path: Text }),
    result: Type.Object({ contentId: Id }),
    direction: 'toPlugin',
    capability: null,
    since: '0.1',
  },
  /** Begins the content of a file in a volume, a range of an open device; its segments follow in pages, in their order. */
  'content/create': request(
    Type.Object({ path: Text, deviceId: Id, volume: ByteRange, file: ServedFile }),
    Type.Object({ contentId: Id }),
  ),
  'content/append': request(Type.Object({ contentId: Id, segments: Type.Array(ContentSegment, { maxItems: 8192 }) }), Empty),
  /** All of it is told. Answers an earlier content of the same name, if that is the same; the new one is dropped then. */
  'content/finish': request(Type.Object({ contentId: Id, size: Bytes }), Type.Object({ contentId: Id })),
  /** Of as many `content/finish` that answered it. What has it open keeps it. */
  'content/drop': request(Type.Object({ contentId: Id }), Empty),
  /** Whoever connects to `dataSocket` with the token is sent a range of a content, in the frames of `contentFrames.ts`. */
  'content/send': request(Type.Object({ contentId: Id, offset: Bytes, length: Bytes }), Type.Object({ token: Text })),
  /** A read lease of a whole content, to the byte; otherwise as `lease/create`. */
  'content/lease': request(
    Type.Object({
      contentId: Id,
      holder: Text,
      account: Id,
      reader: Type.Object({ plugin: Text, version: Text }),
    }),
    Type.Object({ leaseId: Id, token: Text, deviceId: Id, size: Bytes }),
  ),
  /**
   * What a volume does not hold as it is (compressed, encrypted) is to be served by the volume's provider: answered when the connection of
   * `serving/connect` is made. `servingId` is the service's.
   */
  'content/serve': ask(Type.Object({ servingId: Id, path: Text, deviceId: Id, file: ServedFile }), Empty),
  /**
   * The device in a container that an absolute name stands for is to be served by the plugin that knows the container: answered when the connection of
   * `serving/connect` is made, with where the members lie.
   */
  'container/serve': ask(
    Type.Object({ servingId: Id, path: Text }),
    Type.Object({
      plugin: Text,
      type: Text,
      sectorSize: Type.Union([SectorSize, Type.Null()]),
      members: Type.Array(Type.Object({ name: Text, deviceId: Id }), { minItems: 1, maxItems: 256 }),
    }),
  ),
  /** Whoever connects to `dataSocket` and sends the token and a newline is asked, as an NBD server, for what is to be served. */
  'serving/connect': request(Type.Object({ servingId: Id }), Type.Object({ token: Text })),
  /** A serving is of no more use, or has failed. */
  'serving/released': notification(Type.Object({ servingId: Id })),
  /** Begins to write files below a folder, which is made where it is not there. The elevated service writes none. */
  'extraction/begin': request(Type.Object({ folder: Text, options: FolderOptions }), Type.Object({ extractionId: Id })),
  /** Writes entries of a volume, a range of an open device, in their order. One call at a time. */
  'extraction/write': request(
    Type.Object({
      extractionId: Id,
      deviceId: Id,
      volume: ByteRange,
      entries: Type.Array(ExtractedEntry, { minItems: 1, maxItems: 512 }),
    }),
    FolderReport,
  ),
  'extraction/finish': request(Type.Object({ extractionId: Id }), FolderReport),
  /** Ends it; what is being written is removed. Unknown ones have ended already. */
  'extraction/close': request(Type.Object({ extractionId: Id }), Empty),
  /** Refused when the pattern is malformed: {@link SearchPattern}. */
  'search/check': request(Type.Object({ pattern: SearchPattern }), Empty),
  /** Looks through a device. `token` is the caller's, and names the search in what is told meanwhile. */
  'search/run': request(Type.Object({ token: Id, ...SearchTarget.properties }), SearchEnd),
  'search/progress': report(Type.Object({ token: Id, ...SearchProgress.properties })),
  'compare/run': request(Type.Object({ token: Id, ...CompareTarget.properties }), CompareEnd),
  'compare/progress': report(Type.Object({ token: Id, ...CompareProgress.properties })),
  /** How image files are recognised from now on. */
  'image/formats': request(Type.Object({ formats: Type.Array(ImageFormatMagic, { maxItems: 1024 }) }), Empty),
  /** The formats whose marks a file bears; none for what is no image file or not there. */
  'image/identify': request(Type.Object({ path: Text }), Type.Object({ formats: Type.Array(Text, { maxItems: 1024 }) })),
  /**
   * The service has a plugin asked to serve what an image file holds: one of `formats`, whose marks it bears. Answered when the connection of
   * `image/connect` is made; null when no plugin takes it for its own. `imageId` is the service's.
   */
  'image/open': ask(
    Type.Object({
      imageId: Id,
      path: Text,
      snapshot: Type.Union([Text, Type.Null()]),
      formats: Type.Array(Text, { maxItems: 1024 }),
    }),
    Type.Union([ServedImageInfo, Type.Null()]),
  ),
  /** How far the opening of an image is that takes long; see {@link ImageProgress}. */
  'image/progress': notification(ImageProgress),
  /** It is of no more use, or its opening has failed. */
  'image/closed': notification(Type.Object({ imageId: Id })),
  /** A read lease of the image file, or of another file in its folder that it names. */
  'image/lease': request(
    Type.Object({
      imageId: Id,
      /** `type`: what it has to be with `content`; null: whatever it is. */
      sibling: Type.Union([
        Type.Object({ path: Text, content: Type.Boolean(), type: Type.Union([Text, Type.Null()]) }),
        Type.Null(),
      ]),
      holder: Text,
      account: Id,
      reader: Type.Object({ plugin: Text, version: Text }),
    }),
    Type.Object({ leaseId: Id, token: Text, size: Bytes, path: Text }),
  ),
  /** Whoever connects to `dataSocket` and sends the token and a newline is asked, as an NBD server, for what the image holds. */
  'image/connect': request(Type.Object({ imageId: Id }), Type.Object({ token: Text })),
  'blob/put': request(
    Type.Object({ kind: Type.Union([Type.Literal('extents'), Type.Literal('bytes')]) }),
    Type.Object({ token: Text }),
  ),
  'blob/get': request(BlobRef, Type.Object({ token: Text })),
  /** Makes blobs of the service known under `folder/<digest>` (link or copy), and the other way round, checking each digest. */
  'blob/export': request(Type.Object({ digests: Type.Array(Digest, { maxItems: 65536 }), folder: Text }), Empty),
  'blob/import': request(
    Type.Object({ blobs: Type.Array(Type.Union([ExtentsRef, BlobRef]), { maxItems: 65536 }), folder: Text }),
    Empty,
  ),
  /** A page of an extent list, for views: at most 4096 extents from the index `from`. */
  'extents/page': request(
    Type.Object({ digest: Digest, from: Count, count: Type.Integer({ minimum: 1, maximum: 4096 }) }),
    Type.Object({ extents: Type.Array(ByteRange, { maxItems: 4096 }) }),
  ),
  'export/start': request(
    Type.Object({ deviceId: Id, socketPath: Text, writable: Type.Boolean() }),
    Type.Object({ exportId: Id }),
  ),
  'export/stop': request(Type.Object({ exportId: Id }), Empty),
  /**
   * Deletes an overlay. The host's own openings of it end, with all leases of them; it is refused while it is exported, a job works with it or another
   * process has it open.
   */
  'overlay/remove': request(Type.Object({ name: Text }), Empty),
  /** Applies a plan (path of its document, folder of its side files) to a new overlay on its target; of several, on the one that is named. */
  'plan/simulate': request(
    Type.Object({
      planPath: Text,
      blobsFolder: Text,
      digest: Digest,
      overlay: Text,
      /** Its name in the plan. */
      target: Type.Optional(Text),
      paths: Type.Record(Type.String(), Text),
    }),
    Type.Object({ overlay: Text }),
  ),
  /** Why a job of these devices would be refused now, sentences; empty when nothing is known to stand against it. */
  'plan/refusals': request(
    Type.Object({ devices: Plan.properties.devices }),
    Type.Object({ refusals: Type.Array(Text, { maxItems: 256 }) }),
  ),
  /** Runs the plan of a job folder (`plan.json`, `blobs/`); answers when the job is running or refused. */
  'job/start': request(StartedJob, Type.Object({ jobId: Id })),
  /**
   * As that, several at once, which read what their sources have in common once. All of them are running when it answers, or none is: what
   * stands against one stands against all.
   */
  'job/startTogether': request(
    Type.Object({ jobs: Type.Array(StartedJob, { minItems: 1, maxItems: 64 }) }),
    Type.Object({ jobIds: Type.Array(Id, { maxItems: 64 }) }),
  ),
  /** Goes on with the job of a folder that was interrupted, has failed or was cancelled; answers when it is running or refused. */
  'job/resume': request(
    Type.Object({
      folder: Text,
      paths: Type.Record(Type.String(), Text),
      /** Instead of those with which it began; absent: the same. */
      options: Type.Optional(JobOptions),
    }),
    Type.Object({ jobId: Id }),
  ),
  /** Makes the plan that takes back what a job has done; its side files are kept as those of any plan. */
  'job/undoPlan': request(Type.Object({ folder: Text, paths: Type.Record(Type.String(), Text) }), Type.Object({ plan: Plan })),
  /** The host ends: leases, idle exports and devices are closed when this is answered. Jobs and exports with clients go on. */
  release: request(Empty, Empty),
  /** On a job's control socket. */
  'job/attach': request(Empty, Type.Object({ jobId: Id, progress: JobProgress })),
  'job/cancel': request(Empty, Empty),
  /** Idempotent; what is under way is finished. */
  'job/pause': request(Empty, Empty),
  'job/continue': request(Empty, Empty),
  'job/progress': notification(Type.Object({ jobId: Id, progress: JobProgress })),
  'job/ended': notification(Type.Object({ jobId: Id, result: JobResult })),
} as const;

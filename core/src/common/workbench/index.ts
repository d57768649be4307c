/** The protocol between workbench pages and the host. Types only: the page has no use for validators, and the server imports them itself. */
import type { Static } from 'typebox';
import type { MessagesOf, NotificationMethods, ParamsOf, RequestMethods, ResultOf } from '@diskwright/sdk/protocol';
import type * as schemas from './schemas/index';

export type WorkbenchProtocol = MessagesOf<typeof schemas.messages>;
export type WorkbenchRequestMethod = RequestMethods<WorkbenchProtocol>;
export type WorkbenchNotificationMethod = NotificationMethods<WorkbenchProtocol>;
export type WorkbenchParams<M extends keyof WorkbenchProtocol> = ParamsOf<WorkbenchProtocol, M>;
export type WorkbenchResult<M extends keyof WorkbenchProtocol> = ResultOf<WorkbenchProtocol, M>;

export type OverlayEntry = Static<typeof schemas.devices.OverlayEntry>;
export type OwnerLink = Static<typeof schemas.devices.OwnerLink>;
export type StructureEntry = Static<typeof schemas.devices.StructureEntry>;
export type { SearchHit, SearchPattern } from '../types';
export type PlanSummary = Static<typeof schemas.plans.PlanSummary>;
export type FieldChange = Static<typeof schemas.plans.FieldChange>;
export type ByteChange = Static<typeof schemas.plans.ByteChange>;
export type JobSummary = Static<typeof schemas.plans.JobSummary>;
export type JobDetails = Static<typeof schemas.plans.JobDetails>;
export type PluginEntry = Static<typeof schemas.plugins.PluginEntry>;
export type LogLine = Static<typeof schemas.plugins.LogLine>;
export type AuditEntry = Static<typeof schemas.plugins.AuditEntry>;
export type ContributedView = Static<typeof schemas.views.ContributedView>;
export type PlacedSegment = Static<typeof schemas.volumeFiles.PlacedSegment>;
export type StreamEntry = Static<typeof schemas.volumeFiles.StreamEntry>;

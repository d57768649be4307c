/** Types of the private protocols, derived from their schemas. */
import type { NotificationMethods, ParamsOf, RequestMethods, ResultOf } from '@diskwright/sdk/protocol';
import type { Static } from 'typebox';
import type * as schemas from './schemas/index';

export type ServiceProtocol = typeof schemas.messages;
export type ServiceRequestMethod = RequestMethods<ServiceProtocol>;
export type ServiceNotificationMethod = NotificationMethods<ServiceProtocol>;
export type ServiceParams<M extends keyof ServiceProtocol> = ParamsOf<ServiceProtocol, M>;
export type ServiceResult<M extends keyof ServiceProtocol> = ResultOf<ServiceProtocol, M>;
export type OpenedDevice = Static<typeof schemas.OpenedDevice>;
export type ListedDevice = Static<typeof schemas.ListedDevice>;
export type Hole = Static<typeof schemas.Hole>;
export type JobState = Static<typeof schemas.JobState>;
export type JobOptions = Static<typeof schemas.JobOptions>;
export type LostFiles = Static<typeof schemas.LostFiles>;
export type StuckRequest = Static<typeof schemas.StuckRequest>;
export type SlowRange = Static<typeof schemas.SlowRange>;
export type JobProgress = Static<typeof schemas.JobProgress>;
export type JobResult = Static<typeof schemas.JobResult>;
export type SearchPattern = Static<typeof schemas.SearchPattern>;
export type SearchHit = Static<typeof schemas.SearchHit>;
export type SearchProgress = Static<typeof schemas.SearchProgress>;
export type SearchEnd = Static<typeof schemas.SearchEnd>;
export type CompareProgress = Static<typeof schemas.CompareProgress>;
export type CompareEnd = Static<typeof schemas.CompareEnd>;

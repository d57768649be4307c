import type { DeviceLayout, SectorSize } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';
import type { JobSummary, WorkbenchResult } from '../../common/workbench';
import type { Event } from './events';

export type DeviceList = WorkbenchResult<'devices/list'>;
export type DeviceLayoutAnswer = WorkbenchResult<'devices/layout'>;

/** The devices as all views share them. Devices are named by path; ids are fetched when needed and not relied on for long. */
export interface DeviceModel {
  /** Null until the first answer. */
  readonly list: DeviceList | null;
  readonly onDidChange: Event<void>;
  /** The content of this path changed: what was read of it is stale. */
  readonly onDidChangeContent: Event<string>;
  /** Opens, or answers what is open. @throws as `devices/open` */
  open(path: string, sectorSize?: SectorSize, signal?: AbortSignal): Promise<OpenedDevice>;
  /** What {@link open} answered last, to begin with at once: the path may name another device by now. */
  opened(path: string): OpenedDevice | null;
  /** Cached until the content changes. Views share one reading, which ends when all of them have cancelled theirs. */
  layout(path: string, signal?: AbortSignal): Promise<DeviceLayoutAnswer>;
  /** Forgets what is cached of a path, or of all. */
  refresh(path?: string): void;
  /** `demo-disk.img`, or a disk's model and kernel name. */
  label(path: string): string;
}

export interface JobModel {
  /** Newest first; null until the first answer. */
  readonly jobs: readonly JobSummary[] | null;
  readonly onDidChange: Event<void>;
  get(id: string): JobSummary | undefined;
}

/** The values of settings.json with defaults filled in. */
export interface SettingsService {
  get<T>(key: string): T;
  set(key: string, value: unknown): Promise<void>;
  readonly onDidChange: Event<void>;
}

/** What is kept for the next session and shared with other windows, by key; JSON. Writes are gathered for a moment. */
export interface StateService {
  read<T>(key: string): Promise<T | null>;
  write(key: string, value: unknown): void;
  /** Another window wrote it. */
  readonly onDidChange: Event<string>;
}

export type { DeviceLayout };

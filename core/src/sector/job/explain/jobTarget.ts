import type { OpenedNode } from '../../contracts';
import type { StoredPlan } from '../../plan/storedPlan';
import type { JobFolder } from '../jobFolder';
import type { SavedPreImages } from '../savedPreImages';

/** A target of a job that was interrupted or is to be undone, with what is known of it. */
export interface JobTarget {
  folder: JobFolder;
  stored: StoredPlan;
  saved: SavedPreImages;
  /** The plan's name of it. */
  name: string;
  opened: OpenedNode;
  /** Those of the plan's sources that are there; what came from the others is known by its hashes alone. */
  sources: ReadonlyMap<string, OpenedNode>;
}

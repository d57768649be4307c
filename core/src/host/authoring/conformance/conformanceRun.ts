import type { Host } from '../../host';
import type { CheckList } from '../scoreCard';

export interface ConformanceOptions {
  /** Of all random choices. */
  seed: number;
  /** Also recipes that take minutes or gigabytes. */
  long: boolean;
  /** Only recipes whose name holds this. */
  only?: string;
  mutations: number;
  /** Of processor time, for one mutated image. */
  milliseconds: number;
  memoryBytes: number;
}

/** A run of a plugin's recipes. */
export interface ConformanceRun {
  host: Host;
  plugin: string;
  /** A folder that is the run's. */
  scratch: string;
  list: CheckList;
  signal: AbortSignal;
  options: ConformanceOptions;
}

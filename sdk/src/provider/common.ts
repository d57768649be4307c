import type { Change } from '../protocol/types';

/** Lines of the plugin's log. Never throws, never blocks; a flood is cut by the host. */
export interface Logger {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/** What a provider knows beside the bytes while it probes or opens. */
export interface ProviderContext {
  /** Aborts when the caller cancels this call; what was opened lives on after the call has answered. */
  readonly signal: AbortSignal;
  /** Where the source starts on its device, in bytes: for fields such as the hidden sectors of a boot record. */
  readonly offset: number;
  readonly log: Logger;
}

/** Bytes that should be written, with the reason; they become a step of a plan. */
export interface WriteProposal {
  /** Bytes from the start of the volume (filesystem) or of the device (partition table). */
  offset: number;
  /** At most 64 MiB; larger ones travel as blobs, which the runtime takes care of. */
  bytes: Buffer;
  /** The on-disk structure in words: `FAT32 backup boot sector`. */
  structure: string;
  /** Why, a sentence: `hidden sectors: 2048 instead of 63`. */
  reason: string;
}

/** A change of a filesystem: either bytes to write, or a run of a well-kept tool on an overlay. Exactly one is set. */
export interface ChangeProposal {
  writes?: WriteProposal[];
  /** `{volume}` in an argument stands for the overlay's file; `check` are the arguments of the filesystem's own check afterwards. */
  tool?: Change['tool'];
}

/** A new value for a field that `structures` showed, in the same text form. */
export interface FieldEdit {
  /** Name and offset of the structure, as `structures` gave them. */
  structure: string;
  structureOffset: number;
  /** Names from the outermost field to the one that changes. */
  field: string[];
  value: string;
}

/** The bytes that a {@link FieldEdit} puts at `offset`, checksums of the structure not included: they are fields of their own. */
export interface EncodedField {
  offset: number;
  bytes: Buffer;
}

import { FailedError } from '../../errors';

/** The medium or the filesystem below is full; NBD has a number of its own for that. */
export class NoSpaceError extends FailedError {}

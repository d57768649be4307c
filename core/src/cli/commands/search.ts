import type { Command } from 'commander';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { OpenedDevice, SearchHit, SearchPattern, SearchProgress } from '../../common';
import { parseSize, plural } from '../../common/text/size';
import { parseDeviceOrVolume } from '../../host/commands/deviceName';
import type { Host } from '../../host/host';
import type { Application } from '../application';
import { openDevice } from '../openDevice';
import { SECTOR_SIZE_OPTION } from '../sectorSizeOption';
import { HexDump } from '../text/hexDump';
import { ProgressBar } from '../text/progressBar';

const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'latin1'] as const;
const MOST_HITS = 100_000;

interface SearchOptions {
  hex?: string;
  text?: string;
  regex?: string;
  ignoreCase?: boolean;
  encoding?: string[];
  from?: string;
  length?: string;
  limit: string;
  sectorSize?: string;
}

export function registerSearch(program: Command, application: Application): void {
  program
    .command('search')
    .argument('<device[#n]>', 'a device, or with #N one of its volumes')
    .description('Look for bytes, a text or a regular expression; holes are not read. Offsets from the start of the device')
    .option('--hex <pattern>', 'digit pairs, ?? for any byte: "eb 3c 90", "55aa", "4?ff"')
    .option('--text <text>', 'a text, in every encoding that is asked for')
    .option('--regex <expression>', 'over bytes: \\xHH . [a-z] \\d ( ) | * + ? {2,4}')
    .option('--ignore-case', 'letters in either case')
    .option('--encoding <name...>', `of --text: ${ENCODINGS.join(', ')}; utf-8 and utf-16le unless given`)
    .option('--from <offset>', 'where to begin: bytes, 4K, 2048s (sectors), 0x1F400')
    .option('--length <size>', 'how much to look through')
    .option('--limit <count>', 'end after so many hits', '10000')
    .option(...SECTOR_SIZE_OPTION)
    .action(async (name: string, options: SearchOptions) => {
      const pattern = askedPattern(options);
      const limit = askedLimit(options.limit);
      const { device, partition } = parseDeviceOrVolume(name);
      const host = await application.host();
      await host.searches.check(pattern);
      const opened = await openDevice(application, host, device, options);
      const volume: ByteRange =
        partition === null
          ? { offset: 0, length: opened.size }
          : await host.layouts.locate({ deviceId: opened.deviceId, partition }, application.signal);
      await search(application, host, opened, { pattern, limit, range: askedRange(opened, volume, options) });
    });
}

/** @throws InvalidInputError unless exactly one kind of pattern is given */
function askedPattern({ hex, text, regex, ignoreCase = false, encoding }: SearchOptions): SearchPattern {
  const given = Object.entries({ hex, text, regex }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) throw new InvalidInputError('one of --hex, --text and --regex says what to look for');
  const [kind, pattern] = given[0] as [SearchPattern['kind'], string];
  if (pattern === '') throw new InvalidInputError(`--${kind} is empty`);
  if (encoding && kind !== 'text') throw new InvalidInputError('--encoding belongs to --text');
  const encodings = encoding ?? ['utf-8', 'utf-16le'];
  const unknown = encodings.find((name) => !(ENCODINGS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new InvalidInputError(`there is no encoding "${unknown}"`, { todo: `There are ${ENCODINGS.join(', ')}.` });
  return { kind, text: pattern, ignoreCase, encodings: encodings as SearchPattern['encodings'] };
}

function askedLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > MOST_HITS)
    throw new InvalidInputError(`--limit ${text} is no count from 1 to ${MOST_HITS}`);
  return limit;
}

/** Cut at the end of the device or volume. */
function askedRange({ path, sectorSize }: OpenedDevice, volume: ByteRange, options: SearchOptions): ByteRange {
  const from = options.from === undefined ? 0 : parseSize(options.from, sectorSize, '--from');
  if (from > volume.length)
    throw new InvalidInputError(`there is nothing at ${from}: it ends at ${volume.length}`, { device: path, offset: from });
  const length = options.length === undefined ? volume.length : parseSize(options.length, sectorSize, '--length');
  return { offset: volume.offset + from, length: Math.min(length, volume.length - from) };
}

async function search(
  application: Application,
  host: Host,
  { deviceId, path }: OpenedDevice,
  target: { pattern: SearchPattern; range: ByteRange; limit: number },
): Promise<void> {
  const bar = new ProgressBar(process.stderr);
  const startedAt = Date.now();
  let unreadable = 0;
  const onProgress = async (progress: SearchProgress): Promise<void> => {
    bar.clear();
    for (const hit of progress.hits) printHit(application, hit);
    ({ unreadable } = progress);
    // A pager that is behind slows the search down.
    await application.output.flush();
    const { done, total, skipped } = progress;
    const bytesPerSecond = ((done - skipped) * 1000) / Math.max(1, Date.now() - startedAt);
    if (process.stderr.isTTY && !application.json)
      bar.update({ stage: 'search', text: 'searching', done, total, bytesPerSecond, paused: false, limit: null });
  };
  const { state, hits } = await host.searches
    .search({ deviceId, ...target }, { signal: application.signal, onProgress })
    .finally(() => bar.clear());
  if (unreadable > 0)
    application.message(`${plural(unreadable, 'byte')} of ${path} cannot be read: what lies there was not found.`);
  if (state === 'limit') application.message(`Ended after ${plural(hits, 'hit')}, as --limit says; there may be more.`);
  else if (!application.json) application.message(hits === 0 ? 'Not found.' : `${plural(hits, 'hit')}.`);
}

function printHit(application: Application, { offset, length, bytes }: SearchHit): void {
  const shown = Buffer.from(bytes, 'base64');
  if (application.json) application.printJson({ offset, length, hex: shown.subarray(0, length).toString('hex') });
  else for (const line of new HexDump(offset).lines(shown.subarray(0, 16))) application.print(line);
}

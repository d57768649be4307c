import type { NbdReads } from '@diskwright/sdk/nbd';
import { randomUUID } from 'node:crypto';
import { appendFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { AuditRecord } from '../../common/audit';
import { byAge, isAuditFile } from '../../common/auditFiles';
import { makeFolder } from '../../common/files/makeFolder';
import { TouchedRanges } from './touchedRanges';

/** After the last lease a record waits so long for the next one of the same plugin and device. */
const LINGER_MILLISECONDS = 2_000;
/** What goes on for long is written now and then, each time after twice as long, so that a service that is killed loses little. */
const FIRST_CHECKPOINT_MILLISECONDS = 60_000;
const MAX_CHECKPOINT_MILLISECONDS = 3_600_000;
/** A file that is larger is followed by another of the same day. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;
const MAX_FILES = 90;

/** Who reads what. */
export interface Reading {
  plugin: string;
  version: string;
  device: string;
}

interface OpenRecord extends Reading {
  id: string;
  first: Date;
  last: Date;
  read: TouchedRanges;
  leases: number;
  charges: Set<() => void>;
  /** Writes it down: at checkpoints, and when nobody reads any more. */
  timer: NodeJS.Timeout | null;
  nextCheckpoint: number;
}

/**
 * Writes down which plugin read which ranges of which device: a line of JSON a record, in `audit/YYYY-MM-DD.jsonl` of the data folder. What a plugin
 * reads of a device in one go is one record, over all of its leases. A record is written again when it has grown; the last line with its id holds.
 */
export class AuditLog {
  private readonly records = new Map<string, OpenRecord>();
  private readonly folder: string;
  private readonly user: AuditRecord['user'];

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'audit');
    const { uid, username } = userInfo();
    this.user = { id: uid, name: username };
  }

  /**
   * A lease begins. `read` is to be told of each request, `end` once of its end.
   * @param charge has `read` told of what it was not told of yet
   */
  begin(reading: Reading, charge: () => void): { read(reads: NbdReads): void; end(): void } {
    const key = JSON.stringify([reading.plugin, reading.version, reading.device]);
    const now = new Date();
    let record = this.records.get(key);
    if (!record) {
      const next = FIRST_CHECKPOINT_MILLISECONDS;
      record = {
        ...reading,
        id: randomUUID(),
        first: now,
        last: now,
        read: new TouchedRanges(),
        leases: 0,
        charges: new Set(),
        timer: null,
        nextCheckpoint: next,
      };
      this.records.set(key, record);
    }
    if (record.leases++ === 0) this.schedule(record, record.nextCheckpoint, () => this.checkpoint(record));
    record.charges.add(charge);
    return {
      read: (reads) => record.read.addAll(reads),
      end: () => {
        record.charges.delete(charge);
        record.last = new Date();
        if (--record.leases === 0) this.schedule(record, LINGER_MILLISECONDS, () => this.close(key, record));
      },
    };
  }

  /** Writes a record, in the place of an earlier one of its id. */
  append(record: Omit<AuditRecord, 'user'>): void {
    try {
      makeFolder(this.folder, 0o700);
      // One write, to a file opened for appending: services of several hosts do not tear each other's lines.
      const line = `${JSON.stringify({ ...record, user: this.user })}\n`;
      appendFileSync(this.file(new Date(record.last)), line, { mode: 0o600 });
    } catch (error) {
      // A full disk stops nobody's work; the service's own log tells of it.
      process.stderr.write(`the audit log cannot be written: ${(error as Error).message}\n`);
    }
  }

  /** Writes down what is not written yet. */
  closeAll(): void {
    for (const [key, record] of this.records) this.close(key, record);
  }

  private schedule(record: OpenRecord, milliseconds: number, action: () => void): void {
    if (record.timer) clearTimeout(record.timer);
    record.timer = setTimeout(action, milliseconds).unref();
  }

  private checkpoint(record: OpenRecord): void {
    record.charges.forEach((charge) => charge());
    record.last = new Date();
    this.write(record);
    record.nextCheckpoint = Math.min(record.nextCheckpoint * 2, MAX_CHECKPOINT_MILLISECONDS);
    this.schedule(record, record.nextCheckpoint, () => this.checkpoint(record));
  }

  private close(key: string, record: OpenRecord): void {
    if (record.timer) clearTimeout(record.timer);
    this.records.delete(key);
    this.write(record);
  }

  private write({ id, plugin, version, device, first, last, read }: OpenRecord): void {
    if (read.requests === 0) return;
    const { ranges, bytes, requests, rounded } = read;
    this.append({
      id,
      operation: 'read',
      plugin,
      version,
      device,
      first: first.toISOString(),
      last: last.toISOString(),
      bytes,
      requests,
      ranges: ranges.map(({ offset, length }) => [offset, length]),
      rounded,
    });
  }

  /** The file for a record of this time; the oldest go when a new one is begun. */
  private file(time: Date): string {
    const day = time.toISOString().slice(0, 10);
    const names = readdirSync(this.folder).filter(isAuditFile);
    const parts = names.filter((name) => name.startsWith(day)).length;
    const name = parts <= 1 ? `${day}.jsonl` : `${day}.${parts - 1}.jsonl`;
    const path = join(this.folder, name);
    const bytes = statSync(path, { throwIfNoEntry: false })?.size;
    if (bytes !== undefined && bytes < MAX_FILE_BYTES) return path;
    for (const old of names.sort(byAge).slice(0, Math.max(0, names.length - MAX_FILES + 1)))
      rmSync(join(this.folder, old), { force: true });
    return bytes === undefined ? path : join(this.folder, `${day}.${parts}.jsonl`);
  }
}

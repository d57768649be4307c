import type { Finding } from '@diskwright/sdk/protocol';
import { Emitter } from '../api';

/** What was noticed on one device. Ranges count from its start. */
export interface DeviceFindings {
  path: string;
  /** By its layout's reading, then by the checks of its volumes; `partition` is null for the former, 0 for the whole device. */
  items: { finding: Finding; partition: number | null }[];
  /** Volumes that were checked, by number. */
  checked: number[];
}

/** The findings of all devices that were looked at in this window, until they are looked at again. */
export class FindingsModel {
  private readonly layouts = new Map<string, readonly Finding[]>();
  private readonly checks = new Map<string, Map<number, readonly Finding[]>>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  /** What reading a device's layout found. */
  setLayout(path: string, findings: readonly Finding[]): void {
    this.layouts.set(path, findings);
    this.changed.fire();
  }

  /** What checking a volume found. */
  setCheck(path: string, partition: number, findings: readonly Finding[]): void {
    const checks = this.checks.get(path) ?? new Map<number, readonly Finding[]>();
    this.checks.set(path, checks.set(partition, findings));
    this.changed.fire();
  }

  /** What is known of a volume's last check; null when it was not checked. */
  check(path: string, partition: number): readonly Finding[] | null {
    return this.checks.get(path)?.get(partition) ?? null;
  }

  /** The device is gone, or its content is another. */
  forget(path: string): void {
    if (!this.layouts.delete(path) && !this.checks.has(path)) return;
    this.checks.delete(path);
    this.changed.fire();
  }

  /** By path; devices without a finding only when a volume of theirs was checked. */
  all(): DeviceFindings[] {
    return [...new Set([...this.layouts.keys(), ...this.checks.keys()])]
      .sort()
      .map((path) => this.of(path))
      .filter(({ items, checked }) => items.length > 0 || checked.length > 0);
  }

  of(path: string): DeviceFindings {
    const checks = [...(this.checks.get(path) ?? [])];
    return {
      path,
      items: [
        ...(this.layouts.get(path) ?? []).map((finding) => ({ finding, partition: null })),
        ...checks.flatMap(([partition, findings]) => findings.map((finding) => ({ finding, partition }))),
      ],
      checked: checks.map(([partition]) => partition),
    };
  }
}

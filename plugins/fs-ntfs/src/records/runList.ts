/** A run of bytes of a value: where it lies on the volume; null for a hole. */
export interface RunPiece {
  offset: number | null;
  length: number;
}

/** Where the clusters of an attribute lie, in the order of the attribute. */
export class RunList {
  /** First cluster of each run, in the attribute. */
  private readonly starts: number[] = [];
  /** Where it lies on the volume; -1 for a hole. */
  private readonly places: number[] = [];
  private last = 0;

  constructor(readonly clusterBytes: number) {}

  /** Clusters that are mapped, holes included. */
  get clusters(): number {
    return this.last;
  }
  get bytes(): number {
    return this.last * this.clusterBytes;
  }
  get count(): number {
    return this.starts.length;
  }

  /** Adds a run behind those that there are; `place` is the cluster on the volume, -1 for a hole. */
  add(place: number, clusters: number): void {
    const index = this.starts.length - 1;
    const previous = this.places[index];
    const continues =
      previous !== undefined &&
      (place < 0 ? previous < 0 : previous >= 0 && previous + this.last - this.starts[index]! === place);
    if (!continues) {
      this.starts.push(this.last);
      this.places.push(place);
    }
    this.last += clusters;
  }

  /** All runs: first cluster in the attribute, cluster on the volume (-1 for a hole), number of clusters. */
  *runs(): Generator<{ vcn: number; lcn: number; clusters: number }, void, undefined> {
    for (let index = 0; index < this.starts.length; index++) {
      const vcn = this.starts[index]!;
      yield { vcn, lcn: this.places[index]!, clusters: (this.starts[index + 1] ?? this.last) - vcn };
    }
  }

  /** The parts that bytes `[offset, offset + length)` of the attribute lie in; what is not mapped is a hole. */
  *pieces(offset: number, length: number): Generator<RunPiece, void, undefined> {
    const end = offset + length;
    let at = offset;
    for (let index = this.indexOf(Math.floor(offset / this.clusterBytes)); at < end && index < this.starts.length; index++) {
      const start = this.starts[index]! * this.clusterBytes;
      const runEnd = (this.starts[index + 1] ?? this.last) * this.clusterBytes;
      const pieceEnd = Math.min(end, runEnd);
      if (pieceEnd <= at) continue;
      const place = this.places[index]!;
      yield { offset: place < 0 ? null : place * this.clusterBytes + (at - start), length: pieceEnd - at };
      at = pieceEnd;
    }
    if (at < end) yield { offset: null, length: end - at };
  }

  /** Index of the run that holds a cluster of the attribute. */
  private indexOf(vcn: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle + 1] ?? this.last) > vcn) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Bytes of an attribute up to its first hole, or its end. */
export function bytesBeforeHole(runs: RunList): number {
  for (const { vcn, lcn } of runs.runs()) if (lcn < 0) return vcn * runs.clusterBytes;
  return runs.bytes;
}

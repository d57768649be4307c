import { InvalidInputError } from '@diskwright/sdk/errors';
import { PatientRead, type ReadState } from '../../widgets/shared/patientRead';
import { baseName, parentPath } from './filePath';
import { Visited } from './visited';
import type { Directory, VolumeFiles } from './volumeFiles';

/** Where it goes: a directory, and what is to be selected in it. */
export interface Place {
  path: string;
  selected: string | null;
}

/** What a read of a place found: the directory, and its root at the first time. */
export interface Arrival extends Place {
  directory: Directory;
  root: Directory;
}

/** The way through the directories of a volume: where it goes, how far that is, and where it was. */
export class Navigation {
  files: VolumeFiles;
  private readonly visited = new Visited<Place>();
  private root: Directory | null = null;
  private going: { place: Place; record: boolean };
  private readonly arriving: PatientRead<Arrival>;

  /**
   * @param label of the volume, for what goes wrong
   * @param newFiles what is read from now on, with nothing known of it
   * @param changed called whenever {@link state} is another
   */
  constructor(
    private readonly label: string,
    private readonly newFiles: () => VolumeFiles,
    begin: string,
    changed: () => void,
  ) {
    this.files = newFiles();
    this.going = { place: { path: begin, selected: null }, record: true };
    this.arriving = new PatientRead((signal) => this.find(this.going.place, signal), changed);
  }

  get state(): ReadState<Arrival> {
    return this.arriving.state;
  }

  /** Where it goes, or has come to. */
  get goal(): Place {
    return this.going.place;
  }

  /** Goes there, or once more to where it goes. */
  go(place: Place = this.going.place, record = this.going.record): void {
    this.going = { place, record };
    void this.arriving.start();
  }

  canStep(by: 1 | -1): boolean {
    return this.visited.canStep(by);
  }

  /** Back or forward along what was visited; false at the end. */
  step(by: 1 | -1): boolean {
    const place = this.visited.step(by);
    if (place) this.go(place, false);
    return place !== undefined;
  }

  /** Forgets what was read, and goes there. */
  readAnew(place: Place): void {
    this.files.clear();
    this.files = this.newFiles();
    this.root = null;
    this.go(place, false);
  }

  /** Takes note of an arrival. @param left where it was, with what was selected there; null at first */
  arrived({ path, selected, root }: Arrival, left: Place | null): void {
    if (left) this.visited.update(left);
    if (this.going.record && left?.path !== path) this.visited.visit({ path, selected });
    this.root = root;
  }

  cancel(): void {
    this.arriving.cancel();
  }

  dispose(): void {
    this.arriving.dispose();
    this.files.clear();
  }

  private async find({ path, selected }: Place, signal: AbortSignal): Promise<Arrival> {
    const root = this.root ?? { path: '/', node: (await this.files.follow('/', true, signal))?.node.node ?? '' };
    const found = await this.files.follow(path, true, signal);
    if (!found) {
      throw new InvalidInputError(`there is no ${path}`, {
        device: this.label,
        todo: 'Go to a directory that is there, by the tree or the path above.',
      });
    }
    if (found.node.type === 'directory') {
      const directory = { path: found.path, node: found.node.node };
      return { path: found.path, selected, directory, root };
    }
    const above = await this.files.follow(parentPath(found.path), true, signal);
    if (!above) throw new InvalidInputError(`there is no ${parentPath(found.path)}`, { device: this.label });
    return { path: above.path, selected: baseName(found.path), directory: { path: above.path, node: above.node.node }, root };
  }
}

import { DeviceGoneError, DiskwrightError, MediaError, StaleError } from '@diskwright/sdk/errors';
import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import { SharedTask } from '../../common/flow/sharedTask';
import type { OpenedNode } from '../contracts';
import { thingDifference } from './sameThing';

/** What a handle needs of the service. */
export interface HandleParts {
  /** Opens what the handle's name stands for now. */
  open(signal?: AbortSignal): Promise<OpenedNode>;
  identify(opened: OpenedNode, signal?: AbortSignal): Promise<DeviceIdentity>;
  /** It was opened again, and its content is another, or (`replaced`) something else has its name: told once then. */
  onChanged(replaced: boolean): void;
  /** From the last use to the closing. */
  idleMilliseconds: number;
}

/**
 * A device that is open while it is used and a moment longer: whoever wants to detach it, eject it or end its server is not kept waiting. The next use
 * opens it again and makes sure that it is the same.
 */
export class DeviceHandle {
  private opened: OpenedNode | null;
  /** What it was when it was opened last; its node may be closed. */
  private known: OpenedNode;
  /** As it was seen last. */
  private fingerprint: string | null = null;
  /** Its content may be another than when it was closed. */
  private openedAgain = false;
  private opening: SharedTask<OpenedNode> | null = null;
  private closing: Promise<void> = Promise.resolve();
  private idleTimer: NodeJS.Timeout | null = null;
  private uses = 0;
  private kept = false;
  private toRest = false;
  private toldReplaced = false;
  private ended = false;
  /** Why it is not open, when that was nobody's wish here. */
  private failure: DiskwrightError | null = null;

  constructor(
    readonly path: string,
    private readonly parts: HandleParts,
    opened: OpenedNode,
  ) {
    this.opened = this.known = opened;
    this.watchEnd(opened);
  }

  get used(): boolean {
    return this.uses > 0;
  }

  /** Null while it is closed. */
  get current(): OpenedNode | null {
    return this.opened;
  }

  /**
   * Opens it if need be, and keeps it open until {@link done}.
   * @throws StaleError when something else has its name by now; what opening throws
   */
  async use(signal?: AbortSignal): Promise<OpenedNode> {
    this.uses++;
    this.stopIdling();
    try {
      return this.opened ?? (await this.openAgain(signal));
    } catch (error) {
      this.done();
      throw error;
    }
  }

  /** Undoes one {@link use}. */
  done(): void {
    this.uses--;
    this.idle();
  }

  /** Size, content at both ends and the like, as they are now. To be asked while it is used. */
  async identify(opened: OpenedNode, signal?: AbortSignal): Promise<DeviceIdentity> {
    const { openedAgain } = this;
    this.openedAgain = false;
    const before = this.fingerprint;
    const identity = await this.parts.identify(opened, signal);
    this.fingerprint = identity.fingerprint;
    if (openedAgain && before !== null && before !== identity.fingerprint) this.parts.onChanged(false);
    return identity;
  }

  /**
   * What its name stands for was opened by somebody else: taken over if it is the same thing and not open here, else disposed of.
   * @returns false when it is another thing; then it is still the caller's
   */
  async take(fresh: OpenedNode): Promise<boolean> {
    if (thingDifference(this.known, fresh) !== null) return false;
    const { opened } = this;
    // An NBD connection is opened anew only when the one that is there is none any more.
    if (opened && opened.kind !== 'nbd') await fresh.node.dispose();
    else {
      this.begin(fresh);
      await opened?.node.dispose();
    }
    return true;
  }

  /**
   * Asks it for a byte if it is open, which counts as no use.
   * @returns whether it is open
   * @throws what reading throws, or why it is not open any more
   */
  async check(): Promise<boolean> {
    const { opened } = this;
    await opened?.node.read(0, 1).catch((error: unknown) => {
      // A bad sector is an answer; what was closed meanwhile is told of below.
      if (this.opened === opened && !(error instanceof MediaError)) throw error;
    });
    if (!this.opened && this.failure) throw this.failure;
    return this.opened !== null;
  }

  /** Whether it stays open while nobody uses it. */
  keep(kept: boolean): void {
    this.kept = kept;
    this.stopIdling();
    this.idle();
  }

  /** Closes it now, or with the end of its last use. It can be used again. */
  rest(): void {
    if (this.uses === 0) this.closeNode();
    else this.toRest = true;
  }

  /** Closes it for good, whoever uses it. Resolves when that is done: on a device that hangs, when it answers. */
  async end(): Promise<void> {
    this.ended = true;
    this.opening?.cancel();
    this.closeNode();
    await this.closing;
  }

  private openAgain(signal?: AbortSignal): Promise<OpenedNode> {
    if (!this.opening || this.opening.abandoned) {
      const task = new SharedTask((stop) => this.reopen(stop));
      this.opening = task;
      const over = (): void => {
        if (this.opening === task) this.opening = null;
      };
      task.outcome.then(over, over);
    }
    return this.opening.wait(signal);
  }

  private async reopen(signal: AbortSignal): Promise<OpenedNode> {
    try {
      const fresh = await this.parts.open(signal);
      try {
        this.requireSame(fresh);
      } catch (error) {
        await fresh.node.dispose();
        throw error;
      }
      this.begin(fresh);
      await this.identify(fresh, signal);
      return fresh;
    } catch (error) {
      if (error instanceof DiskwrightError && !signal.aborted) this.failure = error;
      throw error;
    }
  }

  private requireSame(fresh: OpenedNode): void {
    const device = this.path;
    if (this.ended) throw new DeviceGoneError(`${device} was closed`, { device });
    const difference = thingDifference(this.known, fresh);
    if (difference === null) return;
    if (!this.toldReplaced) this.parts.onChanged(true);
    this.toldReplaced = true;
    throw new StaleError(`${device} is not what it was when it was opened: ${difference}`, { device, todo: 'Open it again.' });
  }

  /** From now on it is this node's. */
  private begin(fresh: OpenedNode): void {
    this.opened = this.known = fresh;
    this.openedAgain = true;
    this.failure = null;
    this.watchEnd(fresh);
  }

  private watchEnd(opened: OpenedNode): void {
    void opened.ended?.then((reason) => {
      if (this.opened !== opened) return;
      this.failure =
        opened.kind === 'nbd'
          ? new DeviceGoneError(`${this.path}: its server has ended the connection`, { device: this.path })
          : reason;
      this.closeNode();
    });
  }

  /** Not waited for: a device that hangs is closed when its requests return. */
  private closeNode(): void {
    this.stopIdling();
    this.toRest = false;
    const { opened } = this;
    if (!opened) return;
    this.opened = null;
    this.closing = Promise.allSettled([this.closing, opened.node.dispose()]).then(() => undefined);
  }

  private idle(): void {
    if (this.uses > 0) return;
    if (this.toRest) this.closeNode();
    else if (!this.kept) this.idleTimer = setTimeout(() => this.closeNode(), this.parts.idleMilliseconds).unref();
  }

  private stopIdling(): void {
    if (this.idleTimer) clearTimeout(this.idleTimer);
    this.idleTimer = null;
  }
}

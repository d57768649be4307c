import { randomBytes } from 'node:crypto';
import type { ViewFiles } from '../../host/views/viewFiles';

const LABEL_BYTES = 20;
/** `LABEL.localhost:PORT`, as the `Host` header has it; the port is left out where it is the scheme's own. */
const HOST = /^(view-[0-9a-f]{40})\.localhost(?::(\d{1,5}))?$/;
const HTTP_PORT = 80;

/** A page that is shown, with all that it is made of. */
export interface ServedView {
  origin: string;
  files: ViewFiles;
}

/**
 * A host name for each view that is shown, which nobody can guess: names below `localhost` are this machine for every browser, without being asked for
 * anywhere, and each is a site of its own, so that no cookie, storage, or process of the page is shared with it.
 */
export class ViewAddresses {
  private readonly views = new Map<string, ServedView>();

  constructor(private readonly port: () => number) {}

  /** @returns the page's address, and what ends it */
  add(files: ViewFiles): { address: string; remove(): void } {
    const label = `view-${randomBytes(LABEL_BYTES).toString('hex')}`;
    const port = this.port();
    const origin = `http://${label}.localhost${port === HTTP_PORT ? '' : `:${port}`}`;
    this.views.set(label, { origin, files });
    return { address: `${origin}/${files.entry}`, remove: () => void this.views.delete(label) };
  }

  /** Whether a host is one of views: undefined when it is not, null when the view is not shown any more. */
  find(host: string | undefined): ServedView | null | undefined {
    const match = HOST.exec(host ?? '');
    if (!match || Number(match[2] ?? HTTP_PORT) !== this.port()) return undefined;
    return this.views.get(match[1]!) ?? null;
  }
}

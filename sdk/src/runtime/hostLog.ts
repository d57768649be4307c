import type { PluginProtocol } from '../protocol/index';
import type { Logger } from '../provider/index';
import type { Peer } from '../rpc/index';

/** Lines on their way to the host at once; a loop that logs must not fill the connection. */
const MAX_UNDER_WAY = 128;
const MAX_CHARACTERS = 8192;

/** The plugin's log at the host. What comes faster than the host takes it is counted and dropped. */
export class HostLog implements Logger {
  private underWay = 0;
  private dropped = 0;

  constructor(private readonly host: () => Peer<PluginProtocol>) {}

  error(message: string): void {
    this.write('error', message);
  }
  warn(message: string): void {
    this.write('warn', message);
  }
  info(message: string): void {
    this.write('info', message);
  }
  debug(message: string): void {
    this.write('debug', message);
  }

  private write(level: 'error' | 'warn' | 'info' | 'debug', message: string): void {
    if (this.underWay >= MAX_UNDER_WAY) {
      this.dropped++;
      return;
    }
    const lost = this.dropped > 0 ? ` (${this.dropped} lines before this one were dropped)` : '';
    this.dropped = 0;
    this.underWay++;
    const done = (): void => void this.underWay--;
    this.host()
      .notify('log/write', { level, message: String(message).slice(0, MAX_CHARACTERS) + lost })
      .then(done, done);
  }
}

/** Entry of the sector service's process; started by the host with {@link readStartParameters} on standard input. */
import { DiskwrightError } from '@diskwright/sdk/errors';
import { createJobRunner } from './job/jobRunner';
import { createOverlayOpener } from './overlay/index';
import { createSimulator } from './plan/simulator';
import { SectorService } from './service/service';
import { readStartParameters } from './service/startParameters';

async function main(): Promise<void> {
  // Ctrl+C in the host's terminal is for the host to act on; a running job outlives terminal and host.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  // The host closes its end once it knows the socket.
  process.stdout.on('error', () => undefined);
  // The log, which may lie on a full disk: that must not end a job.
  process.stderr.on('error', () => undefined);
  const service = await SectorService.start(await readStartParameters(process.stdin), {
    createOverlayOpener,
    createSimulator,
    createJobRunner: (context, audit) => createJobRunner(context, {}, audit),
  });
  process.on('SIGTERM', () => void service.end());
  process.stdin.destroy();
  process.stdout.write(`${JSON.stringify({ controlSocket: service.controlSocket })}\n`);
  await service.ended;
  process.exit(0);
}

main().catch((error: unknown) => {
  const known = error instanceof DiskwrightError;
  process.stderr.write(`sector service: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});

/**
 * A host in a process of its own, so that nothing but it is measured. For each line of its standard input, `{what}`, it lets the offender do that, and
 * answers a line: how long calls of another plugin took before and meanwhile, and how the offender ended.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createHost } from '../../../core/src/host/host';
import { PluginStops } from '../../../core/src/host/plugins/containment/pluginStops';
import { PluginRegistry } from '../../../core/src/host/plugins/pluginRegistry';

const OFFENDER = 'vendor.offender';
const CALLS_BEFORE = 200;
/** Fewer have no 99th percentile worth the name. */
const LEAST_CALLS = 200;
/** Looked at for so long after the end of the offender as well. */
const AFTERWARDS_MILLISECONDS = 500;
const PAUSE_MILLISECONDS = 2;
/** Longer than any attack may last. */
const PATIENCE_MILLISECONDS = 20_000;

export interface Measured {
  what: string;
  /** In milliseconds, a call each. */
  before: number[];
  meanwhile: number[];
  /** Null when it was not stopped. */
  stoppedAfterMilliseconds: number | null;
  /** As the list of plugins shows it. */
  reason: string | null;
}

async function main(pluginFolder: string, dataFolder: string): Promise<void> {
  const registry = PluginRegistry.load({ folders: [pluginFolder], hostVersion: '0.1.0', indexFile: null });
  const host = await createHost({ dataFolder, registry });
  const image = join(dataFolder, 'device.img');
  writeFileSync(image, Buffer.alloc(1024 * 1024));
  const { deviceId } = await host.devices.open(image);
  const { commands, supervisor } = host.plugins;
  let sequence = 0;
  const run = (plugin: string, command: string, input: Record<string, string>): Promise<unknown> =>
    commands.run(plugin, { command, input, named: {}, progressToken: `token${++sequence}` }, [deviceId]);

  /** Calls the other plugin again and again. */
  const callWhile = async (goOn: (calls: number) => boolean): Promise<number[]> => {
    const times: number[] = [];
    while (goOn(times.length)) {
      const start = performance.now();
      await run('vendor.trouble', 'trouble.run', { what: 'nothing' });
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
    return times;
  };

  const measure = async (what: string): Promise<Measured> => {
    supervisor.enable(OFFENDER);
    await supervisor.using(OFFENDER, () => Promise.resolve());
    const before = await callWhile((calls) => calls < CALLS_BEFORE);
    const start = performance.now();
    let endedAt = Infinity;
    const watching = supervisor.onProcessEnded((process) => {
      if (process.plugin.id === OFFENDER) endedAt = performance.now();
    });
    const attack = run(OFFENDER, 'offender.run', { what, device: deviceId }).catch(() => undefined);
    const meanwhile = await callWhile((calls) => {
      const now = performance.now();
      return (
        calls < LEAST_CALLS ||
        now - endedAt < AFTERWARDS_MILLISECONDS ||
        (endedAt === Infinity && now - start < PATIENCE_MILLISECONDS)
      );
    });
    watching.dispose();
    if (endedAt !== Infinity) await attack;
    const stop = (await new PluginStops(dataFolder).read()).get(OFFENDER);
    const stoppedAfterMilliseconds = endedAt === Infinity ? null : endedAt - start;
    return { what, before, meanwhile, stoppedAfterMilliseconds, reason: stop?.reason ?? null };
  };

  // What is loaded with the first calls is no growth.
  await callWhile((calls) => calls < 2 * CALLS_BEFORE);
  process.stdout.write('{"ready":true}\n');
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await measure((JSON.parse(line) as { what: string }).what))}\n`);
  }
  await host.dispose();
}

void main(process.argv[2]!, process.argv[3]!);

import type { Workbench } from '../api';
import type { FindingsModel } from './findingsModel';

/** Has a volume checked by its plugin and shows what it found. Cancelling leaves the findings as they were. */
export async function checkVolume(workbench: Workbench, model: FindingsModel, path: string, partition: number): Promise<void> {
  const { devices, host, notifications, views } = workbench;
  const what = partition === 0 ? devices.label(path) : `partition ${partition} of ${devices.label(path)}`;
  const findings = await notifications.progress(`Checking ${what}`, async (_report, signal) => {
    const { deviceId } = await devices.open(path);
    return (await host.request('volumes/check', { deviceId, partition }, signal)).findings;
  });
  model.setCheck(path, partition, findings);
  if (findings.length > 0) views.reveal('findings');
  else
    notifications.info(`Nothing is wrong with ${what}`, {
      detail: 'Its structures were read and checked; the contents of its files were not.',
    });
}

import { InvalidInputError } from '@diskwright/sdk/errors';
import type { Command, Workbench } from '../api';
import { checkVolume } from '../findings/checkVolume';
import type { FindingsModel } from '../findings/findingsModel';
import { askForTarget, type DeviceTarget, volumeName } from './deviceTarget';
import { exportDevice } from './exportDevice';
import { openPatiently } from './openPatiently';
import { unlock } from './unlock';
import { editorsOf, removeOverlay } from './removeOverlay';

/** What can be done with a device from anywhere. Each takes a {@link DeviceTarget}; without one, what has the focus, the active editor's device, or a picked one. */
export function registerDeviceCommands(workbench: Workbench, findings: FindingsModel): void {
  const { commands, devices, dialogs, editors, host, quickInput } = workbench;
  const about = (
    id: string,
    title: string,
    icon: string,
    run: (target: DeviceTarget) => unknown,
    refuse?: (path: string) => string | null,
  ): Command => ({
    id: `devices.${id}`,
    title,
    category: 'Disk',
    icon,
    run: async (args) => {
      const target = await askForTarget(workbench, args, { title: title.replace(/…$/, ''), ...(refuse && { refuse }) });
      return target && run(target);
    },
  });
  // An editor would open the device again as soon as it reads more of it.
  const closeEditors = async (path: string): Promise<void> => {
    for (const pane of editorsOf(workbench, path)) await editors.close(pane);
  };
  const isOverlay = (path: string): boolean => devices.list?.overlays.some(({ name }) => name === path) ?? false;
  const isOpened = (path: string): boolean => devices.list?.opened.some((device) => device.path === path) ?? false;
  const openDevice = async (path: string): Promise<void> => {
    const opened = await openPatiently(workbench, path);
    devices.refresh(opened.path);
    await editors.open({ type: 'layout', key: opened.path });
  };

  const all: Command[] = [
    about('openLayout', 'Open Layout', 'layout', ({ path, partition }) =>
      editors.open({ type: 'layout', key: path, params: partition === undefined ? {} : { partition } }),
    ),
    about('openSectors', 'Open Sectors', 'file-binary', async (target) => {
      const { offset, length } = await placeOf(workbench, target);
      await editors.open({ type: 'sectors', key: target.path, params: { offset, length } });
    }),
    about('openAllocation', 'Allocation Map', 'table', async (target) => {
      const partition = target.partition ?? (await pickVolume(workbench, target.path));
      if (partition !== undefined) await editors.open({ type: 'allocation', key: `${target.path}#${partition}` });
    }),
    about('browseFiles', 'Browse Files', 'files', async (target) => {
      const partition = target.partition ?? (await pickVolume(workbench, target.path));
      if (partition !== undefined) await editors.open({ type: 'files', key: `${target.path}#${partition}` });
    }),
    about('checkVolume', 'Check Volume', 'check-all', async ({ path, partition }) => {
      const number = partition ?? (await pickVolume(workbench, path));
      if (number !== undefined) await checkVolume(workbench, findings, path, number);
    }),
    about('export', 'Export over NBD…', 'broadcast', ({ path }) => exportDevice(workbench, path)),
    // Shown in menus of devices only: the palette has the sector editor's own.
    {
      ...about('compareWith', 'Compare with…', 'diff', ({ path }) => commands.run('sectors.compareWith', { left: path })),
      hidden: true,
    },
    about(
      'forget',
      'Forget',
      'close',
      async ({ path }) => {
        await closeEditors(path);
        await host.request('devices/forget', { path });
        findings.forget(path);
      },
      (path) => (isOpened(path) ? null : 'only images and exports that were opened can be forgotten'),
    ),
    about(
      'removeOverlay',
      'Remove Overlay…',
      'trash',
      async ({ path }) => {
        const body = `The overlay ${path} is deleted. The device that it lies on is not touched.`;
        const answer = await dialogs.show({
          title: `Remove ${path}?`,
          body,
          buttons: [{ label: `Remove ${path}`, kind: 'danger' }, { label: 'Keep It' }],
        });
        if (answer !== 0) return;
        if (await removeOverlay(workbench, path)) findings.forget(path);
      },
      (path) => (isOverlay(path) ? null : 'it is no overlay'),
    ),
    // Offered by rows of the tree, which name what they are about.
    {
      ...about('openNamed', 'Open Device', 'folder-opened', ({ path }) => openDevice(path)),
      hidden: true,
    },
    about('unlock', 'Open Encrypted Container…', 'lock', async (target) => {
      const partition = target.partition ?? (await pickVolume(workbench, target.path));
      if (partition !== undefined) await unlock(workbench, volumeName({ ...target, partition }));
    }),
    about('copyPath', 'Copy Path', 'clippy', (target) => navigator.clipboard.writeText(volumeName(target))),
    {
      id: 'devices.refresh',
      title: 'Refresh Devices',
      category: 'Disk',
      icon: 'refresh',
      run: () => devices.refresh(),
    },
    {
      id: 'devices.openFile',
      title: 'Open Image…',
      category: 'Disk',
      icon: 'folder-opened',
      run: async () => {
        const path = await dialogs.chooseFile({ title: 'Open Image', mode: 'open' });
        if (path) await openDevice(path);
      },
    },
    {
      id: 'devices.openByName',
      title: 'Open by Name or NBD URI…',
      category: 'Disk',
      icon: 'link',
      run: async () => {
        const name = await quickInput.input({
          title: 'Open a device by its name',
          placeholder: '/dev/sdb, /images/disk.img, nbd://host:10809/name, nbd+unix:///name?socket=/run/nbd.sock',
          validate: (value) => (value.trim() ? null : { error: 'Type a path, an NBD URI or the name of an overlay' }),
        });
        if (name?.trim()) await openDevice(name.trim());
      },
    },
  ];
  for (const command of all) commands.register(command);
}

/** Where a target begins, and how long it is; of a whole device that is its first sector. */
async function placeOf(
  { devices }: Workbench,
  { path, partition, offset, length }: DeviceTarget,
): Promise<{ offset: number; length: number }> {
  if (offset !== undefined) return { offset, length: length ?? 0 };
  if (!partition) return { offset: 0, length: 0 };
  const { layout } = await devices.layout(path);
  const found = layout.partitions.find(({ number }) => number === partition);
  if (!found) throw new InvalidInputError(`${path} has no partition ${partition}`, { device: path });
  return { offset: found.start, length: layout.device.sectorSize };
}

/** The device's only volume, or one that the user picks. */
async function pickVolume({ devices, quickInput }: Workbench, path: string): Promise<number | undefined> {
  const { layout } = await devices.layout(path);
  if (layout.table.type === 'none') return 0;
  const volumes = layout.partitions.filter(({ role }) => role !== 'extended');
  if (volumes.length === 0) throw new InvalidInputError(`${path} has no partitions`, { device: path, todo: 'Create one first.' });
  const items = volumes.map(({ number, filesystem, name }) => ({
    label: `Partition ${number}`,
    description: [filesystem?.type, filesystem?.label ?? name].filter(Boolean).join(' '),
    number,
  }));
  return (await quickInput.pick(items, { placeholder: 'Which volume?' }))?.number;
}

import { DeviceWatch } from '../../host/devices/deviceWatch';
import { cellSize, fillCells } from '../../host/layouts/allocationMap';
import type { HandlerFactory, Watcher } from '../pages';
import { fittingPrefix } from './fittingPrefix';

/** A cursor moves on; what takes longer is told at the next place. */
const OWNER_PATIENCE_MILLISECONDS = 150;
const OWNER_ASKED_FOR_MILLISECONDS = 10_000;

/** Devices, their layouts and structures, and what a byte belongs to. */
export const deviceHandlers: HandlerFactory = ({ host, page, pages }) => ({
  'devices/list': () => host.deviceCatalogue.list(),
  'devices/open': async ({ path, sectorSize }, { signal }) => {
    const device = await host.devices.open(path, sectorSize, signal, 'users');
    if (await host.deviceCatalogue.remember(device)) pages.broadcastNewest('devices/changed', {});
    return device;
  },
  'devices/forget': async ({ path }) => {
    await host.deviceCatalogue.forget(path);
    await host.contentChanges.release(path);
    pages.broadcastNewest('devices/changed', {});
    return {};
  },
  'devices/shown': async ({ paths }) => {
    await host.shownDevices.show(page, paths);
    return {};
  },
  'devices/layout': ({ deviceId }, { signal }) => host.layouts.readWithTable(deviceId, signal),
  'files/list': async ({ folder }, { signal }) => {
    const listing = await host.folders.list(folder, signal);
    const entries = fittingPrefix(listing.entries);
    return { ...listing, entries, truncated: listing.truncated || entries.length < listing.entries.length };
  },
  'volumes/info': (volume, { signal }) => host.layouts.volumeInfo(volume, signal),
  'volumes/check': async (volume, { signal }) => ({ findings: await host.layouts.check(volume, signal) }),
  'volumes/allocationMap': async ({ deviceId, partition, cells, range }, { signal }) => {
    const { length } = await host.layouts.locate({ deviceId, partition }, signal);
    const { confidence, reasons, extents, blockSize } = await host.allocations.of({ deviceId, partition }, signal);
    const offset = Math.min(range?.offset ?? 0, length);
    const shown = { offset, length: Math.min(range?.length ?? length, length - offset) };
    const cellBytes = cellSize(shown, cells, blockSize);
    const filled = extents && (await fillCells(extents, shown, cellBytes, signal));
    const used = filled && Buffer.from(filled.cells).toString('base64');
    return { confidence, reasons, range: shown, cellBytes, used, usedBytes: filled?.usedBytes ?? 0, blockSize };
  },
  'structures/list': ({ deviceId, scope, from }, { signal }) => host.structures.list(deviceId, scope, from, signal),
  'structures/at': ({ deviceId, range }, { signal }) => host.structures.at(deviceId, range, signal),
  'structures/encodeField': (params) => host.structures.encodeField(params),
  'owner/chain': ({ deviceId, offset, patient }, { signal }) =>
    host.owners.chain(deviceId, offset, {
      patienceMilliseconds: patient ? OWNER_ASKED_FOR_MILLISECONDS : OWNER_PATIENCE_MILLISECONDS,
      signal,
    }),
  'exports/start': ({ deviceId, socketPath, writable }) => host.exports.start(deviceId, socketPath, writable),
  'overlays/remove': async ({ name }) => {
    await host.overlayRemoval.remove(name);
    pages.broadcastNewest('devices/changed', {});
    return {};
  },
  'containers/unlock': async ({ volume, secret }, { signal }) => {
    await host.containers.unlock(volume, secret, signal);
    return {};
  },
  'exports/stop': async ({ exportId }) => {
    await host.exports.stop(exportId);
    return {};
  },
});

/** Tells all windows when the list of devices is another, and how far an opening is. */
export const deviceWatcher: Watcher = (host, pages) => {
  const watch = new DeviceWatch(
    host.deviceCatalogue,
    () => host.settings.get<number>('devices.pollSeconds'),
    () => pages.all().length > 0,
  );
  watch.onChanged(() => pages.broadcastNewest('devices/changed', {}));
  const opening = host.devices.onOpening((progress) =>
    pages.broadcastNewest('devices/opening', progress, { subject: progress.path }),
  );
  return {
    dispose: () => {
      opening.dispose();
      watch.dispose();
    },
  };
};

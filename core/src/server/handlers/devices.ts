import type { HandlerFactory } from '../pages';

/** Devices, their layouts and structures, and what a byte belongs to. */
export const deviceHandlers: HandlerFactory = ({ host }) => ({
  'devices/list': () => host.deviceCatalogue.list(),
  'devices/open': async ({ path, sectorSize }, { signal }) => {
    const device = await host.devices.open(path, sectorSize, signal);
    await host.deviceCatalogue.remember(device.path);
    return device;
  },
  'devices/forget': async ({ path }) => {
    await host.deviceCatalogue.forget(path);
    return {};
  },
  'devices/layout': ({ deviceId }, { signal }) => host.layouts.readWithTable(deviceId, signal),
  'structures/at': ({ deviceId, range }, { signal }) => host.structures.at(deviceId, range, signal),
});

/** What the container of the long-running host binds. Classes take their dependencies by constructor and know nothing of a container. */
export const Tokens = {
  /** `PluginRegistry` */
  PluginRegistry: Symbol('PluginRegistry'),
  /** `PluginLauncher` */
  PluginLauncher: Symbol('PluginLauncher'),
  /** `PluginHost` */
  PluginHost: Symbol('PluginHost'),
  /** `DeviceAccess` */
  DeviceAccess: Symbol('DeviceAccess'),
  /** `() => LayoutReader`, since the reader works with the providers of the plugin host. */
  LayoutReader: Symbol('LayoutReader'),
} as const;

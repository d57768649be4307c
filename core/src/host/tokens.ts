/** What the host's container binds. Classes take their dependencies by constructor and know nothing of a container. */
export const Tokens = {
  /** Absolute path, a string. */
  DataFolder: Symbol('DataFolder'),
  /** `SectorEvents`, which `JobService` listens to. */
  SectorEvents: Symbol('SectorEvents'),
  /** Id of the plugin that a debugger is attached to, a string; null for none. */
  InspectedPlugin: Symbol('InspectedPlugin'),
  /** `SectorClient`, connected. */
  SectorClient: Symbol('SectorClient'),
  /** `DeviceService` */
  DeviceService: Symbol('DeviceService'),
  /** `LayoutService` */
  LayoutService: Symbol('LayoutService'),
  /** `CommandService` */
  CommandService: Symbol('CommandService'),
  /** `JobWatcher` */
  JobWatcher: Symbol('JobWatcher'),
  /** `JobService` */
  JobService: Symbol('JobService'),
  /** `CapabilityGrants` */
  CapabilityGrants: Symbol('CapabilityGrants'),
  /** `PlanLibrary` */
  PlanLibrary: Symbol('PlanLibrary'),
  /** `SettingsService` */
  SettingsService: Symbol('SettingsService'),
  /** `StateStore` */
  StateStore: Symbol('StateStore'),
  /** `HostLog` */
  HostLog: Symbol('HostLog'),
  /** `PlanReview` */
  PlanReview: Symbol('PlanReview'),
  /** `ContentChanges` */
  ContentChanges: Symbol('ContentChanges'),
  /** `() => ContentService`, since that works with the providers of the plugin host. */
  ContentAccess: Symbol('ContentAccess'),
  /** `() => PickedFolders`, for the same reason. */
  PickedFolders: Symbol('PickedFolders'),
  /** `ContentService` */
  ContentService: Symbol('ContentService'),
  /** `ServedContents` */
  ServedContents: Symbol('ServedContents'),
  /** `Servings` */
  Servings: Symbol('Servings'),
  /** `ContainerSecrets` */
  ContainerSecrets: Symbol('ContainerSecrets'),
  /** `ContainerService` */
  ContainerService: Symbol('ContainerService'),
  /** `SafetyService` */
  SafetyService: Symbol('SafetyService'),
  /** `SearchService` */
  SearchService: Symbol('SearchService'),
  /** `SimulationService` */
  SimulationService: Symbol('SimulationService'),
  /** `PluginRegistry` */
  PluginRegistry: Symbol('PluginRegistry'),
  /** `PluginLauncher` */
  PluginLauncher: Symbol('PluginLauncher'),
  /** `PluginHost` */
  PluginHost: Symbol('PluginHost'),
  /** `PluginInstaller` */
  PluginInstaller: Symbol('PluginInstaller'),
  /** `PluginAdministration` */
  PluginAdministration: Symbol('PluginAdministration'),
  PluginStops: Symbol('PluginStops'),
  /** `DeviceAccess`: what plugins are given of devices; the `DeviceService`. */
  DeviceAccess: Symbol('DeviceAccess'),
  /** `() => LayoutReader`, since the reader works with the providers of the plugin host. */
  LayoutReader: Symbol('LayoutReader'),
  /** `ShownDevices` */
  ShownDevices: Symbol('ShownDevices'),
  /** `DeviceCatalogue` */
  DeviceCatalogue: Symbol('DeviceCatalogue'),
  /** `OverlayRemoval` */
  OverlayRemoval: Symbol('OverlayRemoval'),
  /** `FolderListings` */
  FolderListings: Symbol('FolderListings'),
  /** `ExportService` */
  ExportService: Symbol('ExportService'),
  /** `HeldProviders` */
  HeldProviders: Symbol('HeldProviders'),
  /** `VolumePlaces` */
  VolumePlaces: Symbol('VolumePlaces'),
  /** `Allocations` */
  Allocations: Symbol('Allocations'),
  /** `FileOwners` */
  FileOwners: Symbol('FileOwners'),
  /** `LostFilesService` */
  LostFiles: Symbol('LostFiles'),
  /** `OwnerService` */
  OwnerService: Symbol('OwnerService'),
  /** `StructureService` */
  StructureService: Symbol('StructureService'),
  /** `ViewService` */
  Views: Symbol('ViewService'),
  /** `VolumeFileService` */
  VolumeFiles: Symbol('VolumeFiles'),
} as const;

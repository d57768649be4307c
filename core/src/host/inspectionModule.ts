import { ContainerModule, type ResolutionContext } from 'inversify';
import { ContentService } from './contents/contentService';
import { PickedFolders } from './contents/pickedFolders';
import type { ContainerSecrets } from './containers/containerSecrets';
import { ContainerService } from './containers/containerService';
import { ServedContents } from './contents/servedContents';
import type { ContentChanges } from './devices/contentChanges';
import { DeviceCatalogue } from './devices/deviceCatalogue';
import type { DeviceService } from './devices/deviceService';
import { ExportService } from './devices/exportService';
import { FolderListings } from './devices/folderListings';
import { OverlayRemoval } from './devices/overlayRemoval';
import { ShownDevices } from './devices/shownDevices';
import type { JobService } from './jobs/jobService';
import { LostFilesService } from './jobs/lostFiles';
import { Allocations } from './layouts/allocations';
import type { PluginHost } from './plugins';
import { HeldProviders } from './providers/heldProviders';
import type { SectorClient } from './sector/sectorClient';
import { Servings } from './serving/servings';
import { FileOwners } from './structures/fileOwners';
import { OwnerService } from './structures/ownerService';
import { StructureService } from './structures/structureService';
import { VolumePlaces } from './structures/volumePlaces';
import { Tokens } from './tokens';
import { VolumeFileService } from './volumeFiles/volumeFileService';

/** Binds what views look at devices with. */
export const inspectionModule = new ContainerModule(({ bind }) => {
  bind<DeviceCatalogue>(Tokens.DeviceCatalogue)
    .toResolvedValue(
      (devices: DeviceService, dataFolder: string) => new DeviceCatalogue(devices, dataFolder),
      [Tokens.DeviceService, Tokens.DataFolder],
    )
    .inSingletonScope();
  bind<ShownDevices>(Tokens.ShownDevices)
    .toResolvedValue((devices: DeviceService) => new ShownDevices(devices), [Tokens.DeviceService])
    .inSingletonScope();
  bind<OverlayRemoval>(Tokens.OverlayRemoval)
    .toResolvedValue(
      (sector: SectorClient, devices: DeviceService, jobs: JobService, contents: ContentChanges) =>
        new OverlayRemoval(sector, devices, jobs, contents),
      [Tokens.SectorClient, Tokens.DeviceService, Tokens.JobService, Tokens.ContentChanges],
    )
    .inSingletonScope();
  bind<FolderListings>(Tokens.FolderListings)
    .toResolvedValue(() => new FolderListings())
    .inSingletonScope();
  bind<ExportService>(Tokens.ExportService)
    .toResolvedValue(
      (devices: DeviceService, dataFolder: string) => new ExportService(devices, dataFolder),
      [Tokens.DeviceService, Tokens.DataFolder],
    )
    .inSingletonScope();
  bind<HeldProviders>(Tokens.HeldProviders)
    .toResolvedValue((plugins: PluginHost) => new HeldProviders(plugins.providers), [Tokens.PluginHost])
    .inSingletonScope();
  bind<ContentService>(Tokens.ContentService)
    .toResolvedValue(
      (sector: SectorClient, devices: DeviceService, plugins: PluginHost, held: HeldProviders) =>
        new ContentService(sector, devices, plugins.broker, held),
      [Tokens.SectorClient, Tokens.DeviceService, Tokens.PluginHost, Tokens.HeldProviders],
    )
    .inSingletonScope();
  bind<ServedContents>(Tokens.ServedContents)
    .toResolvedValue(
      (servings: Servings, plugins: PluginHost, held: HeldProviders) => new ServedContents(servings, plugins.broker, held),
      [Tokens.Servings, Tokens.PluginHost, Tokens.HeldProviders],
    )
    .inSingletonScope();
  bind<Servings>(Tokens.Servings)
    .toResolvedValue((sector: SectorClient) => new Servings(sector), [Tokens.SectorClient])
    .inSingletonScope();
  bind<ContainerService>(Tokens.ContainerService)
    .toResolvedValue(
      (devices: DeviceService, plugins: PluginHost, servings: Servings, secrets: ContainerSecrets) => {
        const { broker, providers } = plugins;
        return new ContainerService({ devices, broker, providers, servings, secrets });
      },
      [Tokens.DeviceService, Tokens.PluginHost, Tokens.Servings, Tokens.ContainerSecrets],
    )
    .inSingletonScope();
  bind<() => ContentService>(Tokens.ContentAccess).toDynamicValue(
    (context: ResolutionContext) => () => context.get<ContentService>(Tokens.ContentService),
  );
  bind<() => PickedFolders>(Tokens.PickedFolders)
    .toDynamicValue((context: ResolutionContext) => {
      let folders: PickedFolders | null = null;
      return () =>
        (folders ??= new PickedFolders(
          context.get<SectorClient>(Tokens.SectorClient),
          context.get<PluginHost>(Tokens.PluginHost).broker,
          context.get<ContentService>(Tokens.ContentService),
        ));
    })
    .inSingletonScope();
  bind<VolumePlaces>(Tokens.VolumePlaces)
    .toResolvedValue(
      (devices: DeviceService, held: HeldProviders) => new VolumePlaces(devices, held),
      [Tokens.DeviceService, Tokens.HeldProviders],
    )
    .inSingletonScope();
  bind<StructureService>(Tokens.StructureService)
    .toResolvedValue(
      (devices: DeviceService, held: HeldProviders, places: VolumePlaces) => new StructureService(devices, held, places),
      [Tokens.DeviceService, Tokens.HeldProviders, Tokens.VolumePlaces],
    )
    .inSingletonScope();
  bind<VolumeFileService>(Tokens.VolumeFiles)
    .toResolvedValue(
      (devices: DeviceService, held: HeldProviders, places: VolumePlaces, contents: ContentService) =>
        new VolumeFileService(devices, held, places, contents),
      [Tokens.DeviceService, Tokens.HeldProviders, Tokens.VolumePlaces, Tokens.ContentService],
    )
    .inSingletonScope();
  bind<Allocations>(Tokens.Allocations)
    .toResolvedValue(
      (devices: DeviceService, plugins: PluginHost, held: HeldProviders) => new Allocations(devices, plugins.providers, held),
      [Tokens.DeviceService, Tokens.PluginHost, Tokens.HeldProviders],
    )
    .inSingletonScope();
  bind<FileOwners>(Tokens.FileOwners)
    .toResolvedValue(
      (devices: DeviceService, plugins: PluginHost, places: VolumePlaces) => new FileOwners(devices, plugins.providers, places),
      [Tokens.DeviceService, Tokens.PluginHost, Tokens.VolumePlaces],
    )
    .inSingletonScope();
  bind<LostFilesService>(Tokens.LostFiles)
    .toResolvedValue(
      (dataFolder: string, devices: DeviceService, owners: FileOwners) => new LostFilesService(dataFolder, devices, owners),
      [Tokens.DataFolder, Tokens.DeviceService, Tokens.FileOwners],
    )
    .inSingletonScope();
  bind<OwnerService>(Tokens.OwnerService)
    .toResolvedValue(
      (
        devices: DeviceService,
        held: HeldProviders,
        places: VolumePlaces,
        structures: StructureService,
        allocations: Allocations,
      ) => new OwnerService(devices, held, places, structures, allocations),
      [Tokens.DeviceService, Tokens.HeldProviders, Tokens.VolumePlaces, Tokens.StructureService, Tokens.Allocations],
    )
    .inSingletonScope();
});

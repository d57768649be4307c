import { ContainerModule } from 'inversify';
import { HostLog } from './logs/hostLog';
import { Tokens } from './tokens';
import { StateStore } from './windowState/stateStore';

/** Binds what windows keep, and the host's log. */
export const sessionModule = new ContainerModule(({ bind }) => {
  bind<StateStore>(Tokens.StateStore)
    .toResolvedValue((dataFolder: string) => new StateStore(dataFolder), [Tokens.DataFolder])
    .inSingletonScope();
  bind<HostLog>(Tokens.HostLog)
    .toResolvedValue((dataFolder: string) => new HostLog(dataFolder), [Tokens.DataFolder])
    .inSingletonScope();
});

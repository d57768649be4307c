import type { PeerHandlers } from '@diskwright/sdk/rpc';
import type { WorkbenchProtocol } from '../../common/workbench';
import { handlerFactories } from '../handlers';
import type { PageContext } from '../pages';

/** What answers a page: the handlers of every area. */
export function handlersFor(context: PageContext): PeerHandlers<WorkbenchProtocol> {
  return Object.assign({}, ...handlerFactories.map((factory) => factory(context))) as PeerHandlers<WorkbenchProtocol>;
}

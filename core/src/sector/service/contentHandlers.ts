import { checkRange } from '@diskwright/sdk/block';
import type { SocketReader } from '@diskwright/sdk/nbd';
import type { PeerHandlers } from '@diskwright/sdk/rpc';
import type { ServiceProtocol } from '../../common/index';
import type { AuditLog } from '../audit/auditLog';
import type { ContentRegistry } from '../contents/contentRegistry';
import { sendContent } from '../contents/sendContent';
import type { LeaseRegistry } from '../leases/leaseRegistry';
import type { Tokens } from '../leases/tokens';
import { issued, leaseToken } from './dataHandlers';
import type { DataHandler } from './dataServer';

export interface ContentHandlerParts {
  /** Null in the elevated service. */
  audit: AuditLog | null;
  contents: ContentRegistry;
  leases: LeaseRegistry;
  tokens: Tokens<DataHandler>;
}

/** The messages about the contents of files. */
export function contentHandlers({ contents, leases, tokens, audit }: ContentHandlerParts): PeerHandlers<ServiceProtocol> {
  return {
    'content/create': (content) => ({ contentId: contents.begin(content) }),
    'content/append': ({ contentId, segments }) => {
      contents.append(contentId, segments);
      return {};
    },
    'content/finish': ({ contentId, size }) => ({ contentId: contents.finish(contentId, size) }),
    'content/drop': ({ contentId }) => {
      contents.drop(contentId);
      return {};
    },
    'content/send': async ({ contentId, offset, length }, { signal }) => {
      const { node } = await contents.open(contentId, signal);
      const close = (): void => void node.dispose();
      try {
        checkRange(offset, length, node.size, node.path);
        const send = async ({ socket }: SocketReader): Promise<void> => {
          await sendContent(socket, node, { offset, length }).finally(close);
        };
        return { token: issued(tokens.issue(send, close)) };
      } catch (error) {
        close();
        throw error;
      }
    },
    'content/lease': async ({ contentId, holder, account, reader }, { signal }) => {
      const { node, deviceId } = await contents.open(contentId, signal);
      const { size } = node;
      let leaseId = '';
      const reading = audit?.begin({ ...reader, device: node.path }, () => leases.charge(leaseId));
      const onEnded = (): void => {
        reading?.end();
        void node.dispose();
      };
      const range = { offset: 0, length: size };
      leaseId = leases.create(node, range, holder, onEnded, account, reading?.read);
      return { leaseId, token: leaseToken(leaseId, leases, tokens), deviceId, size };
    },
  };
}

import { createHash } from 'node:crypto';

/**
 * User ids that neither Debian's nor systemd's conventions give to anybody (systemd, "Users, Groups, UIDs and GIDs": 60706 to
 * 61183 are unused), and small enough to exist in a container with 65536 of them.
 */
const FIRST_UID = 60706;
const LAST_UID = 61183;

/**
 * The user id that a plugin's process has when the host runs as root; its group id is the same number. Derived from the
 * plugin's id, so that it is the same at every start. Two plugins may share one: the other layers keep them apart all the same.
 */
export function pluginUid(pluginId: string): number {
  const digest = createHash('sha256').update(pluginId).digest();
  return FIRST_UID + (digest.readUInt32LE(0) % (LAST_UID - FIRST_UID + 1));
}

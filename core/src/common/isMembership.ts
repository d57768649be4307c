import type { ContainerSummary, FilesystemSummary } from '@diskwright/sdk/protocol';

/** Whether what a volume's provider says of it is only that it is a member of a container, which has no files of its own. */
export function isMembership(
  filesystem: Pick<FilesystemSummary, 'type'> | null,
  container: ContainerSummary | null | undefined,
): boolean {
  return filesystem !== null && !!container && (container.locked !== null || container.type === filesystem.type);
}

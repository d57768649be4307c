import type { Manifest } from '@diskwright/sdk/protocol';

/** What a plugin brings, a phrase each, with the id that it is called, preferred or set by: `command Clone a disk (disk-clone.cloneDisk)`. */
export function contributionsInWords({ contributes }: Manifest): string[] {
  const {
    commands = [],
    filesystems = [],
    partitionTables = [],
    imageFormats = [],
    containers = [],
    views = [],
    settings = {},
  } = contributes;
  return [
    ...commands.map(({ id, title }) => `command ${title} (${id})`),
    ...filesystems.map(({ id, types }) => `filesystem ${types.join(', ')} (${id})`),
    ...partitionTables.map(({ id, title }) => `partition table ${title} (${id})`),
    ...imageFormats.map(({ id, title }) => `image format ${title} (${id})`),
    ...containers.map(({ id, title }) => `container ${title} (${id})`),
    ...views.map(({ id, title }) => `view ${title} (${id})`),
    ...Object.entries(settings).map(([key, { title }]) => `setting ${title ?? key} (${key})`),
  ];
}
